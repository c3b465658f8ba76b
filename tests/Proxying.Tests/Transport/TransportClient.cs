using System.Text;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Polling;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

/// <summary>The handler under test with an invoker around it, and what most tests say with it.</summary>
internal sealed class TransportClient : IDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly HttpMessageInvoker _invoker;

    public TransportClient(Http1TransportOptions? options = null, TimeProvider? time = null)
    {
        options ??= new Http1TransportOptions { ConnectTimeout = TimeSpan.FromSeconds(10) };
        if (TestSockets.AreOurs) options.Pollers = SocketPollers.Shared;
        Handler = new Http1Handler(options, time);
        _invoker = new HttpMessageInvoker(Handler);
    }

    public Http1Handler Handler { get; }

    public static RoutedRequestMessage Get(Uri uri) => new() { Method = HttpMethod.Get, RequestUri = uri };

    /// <summary>A request addressed as the pipeline does it, with a target that is no URI's.</summary>
    public static RoutedRequestMessage GetTarget(Uri uri, string target)
    {
        var request = new RoutedRequestMessage { Method = HttpMethod.Get, PathAndQuery = target };
        request.BeginAttempt(new Destination("c", "d", uri, new DestinationOptions()));
        return request;
    }

    public static RoutedRequestMessage Post(Uri uri, HttpContent content) => new() { Method = HttpMethod.Post, RequestUri = uri, Content = content };

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default) =>
        _invoker.SendAsync(request, cancellationToken).WaitAsync(Bound, CancellationToken.None);

    public Task<HttpResponseMessage> GetAsync(Uri uri) => SendAsync(Get(uri));

    public async Task<string> GetTextAsync(Uri uri)
    {
        using var response = await GetAsync(uri);
        return await TextOf(response);
    }

    public static async Task<string> TextOf(HttpResponseMessage response)
    {
        var bytes = new MemoryStream();
        await response.Content.ReadAsStream().CopyToAsync(bytes).WaitAsync(Bound);
        return Encoding.Latin1.GetString(bytes.ToArray());
    }

    public async Task<AttemptFailure> FailureOfAsync(HttpRequestMessage request) => (await Assert.ThrowsAsync<AttemptException>(() => SendAsync(request))).Failure;

    /// <summary>All fields of a response, one line each, in the order of the collections.</summary>
    public static List<string> FieldsOf(HttpResponseMessage response)
    {
        var lines = new List<string>();
        foreach (var field in response.Headers.NonValidated)
        {
            foreach (var value in field.Value) lines.Add($"{field.Key}: {value}");
        }

        foreach (var field in response.Content.Headers.NonValidated)
        {
            foreach (var value in field.Value) lines.Add($"{field.Key}: {value}");
        }

        return lines;
    }

    /// <summary>Moves time on until a task has ended, since the clock that it waits by may start a moment from now.</summary>
    public static async Task AdvanceUntilAsync(ManualTimeProvider time, TimeSpan step, Task ended)
    {
        using var timeout = new CancellationTokenSource(Bound);
        while (!ended.IsCompleted)
        {
            time.Advance(step);
            await Task.Delay(1, timeout.Token);
        }
    }

    /// <summary>Waits until something holds that happens on another thread.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var timeout = new CancellationTokenSource(Bound);
        while (!holds()) await Task.Delay(5, timeout.Token);
    }

    public void Dispose()
    {
        _invoker.Dispose();
        Handler.Dispose();
    }
}

/// <summary>A body that the test writes step by step.</summary>
internal sealed class SteppedContent(Func<Stream, CancellationToken, Task> write, long? length = null) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => write(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken) => write(stream, cancellationToken);

    protected override bool TryComputeLength(out long value)
    {
        value = length ?? 0;
        return length is not null;
    }
}
