using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>An <see cref="HttpClient"/> with a cache, and an origin on a real socket that answers what the test has written down, one answer for each request.</summary>
internal sealed class CacheUnderTest : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<Func<RawConnection, string, Task>> _answers = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ScriptedOrigin _origin;
    private readonly HttpClient _client;

    public CacheUnderTest(Action<CachingOptions>? configure = null, IResponseCache? store = null)
    {
        _origin = new ScriptedOrigin(AnswerAsync);
        var options = new CachingOptions();
        configure?.Invoke(options);
        Store = store ?? new MemoryResponseCache(new MemoryResponseCacheOptions());
        Engine = new CachingEngine(options, new CachingShared(Store, Time, _services.GetRequiredService<IMeterFactory>(), NullLogger.Instance));
        _client = new HttpClient(new CachingHandler(Engine) { InnerHandler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false } }) { BaseAddress = _origin.Uri, Timeout = Bound };
    }

    public ManualTimeProvider Time { get; } = new(Rules.TestHeads.Noon);

    public IResponseCache Store { get; }

    public CachingEngine Engine { get; }

    public Uri Uri => _origin.Uri;

    /// <summary>Tells the meters of this cache from those of others.</summary>
    public object MeterScope => _services.GetRequiredService<IMeterFactory>();

    /// <summary>The heads of the requests that have come to the origin.</summary>
    public RawMessage[] Requests => [.. _requests.Select(head => new RawMessage(head, ""))];

    /// <summary>What the origin says, in this order; asked for more it ends the connection.</summary>
    public CacheUnderTest Answer(params string[] answers)
    {
        foreach (var answer in answers) _answers.Enqueue((connection, _) => connection.SendAsync(answer));
        return this;
    }

    public CacheUnderTest Answer(Func<RawConnection, string, Task> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    /// <summary>A 200 with a body.</summary>
    public static string Ok(string body, params string[] fields) => Status("200 OK", body, fields);

    public static string Status(string status, string body, params string[] fields) =>
        $"HTTP/1.1 {status}\r\n{string.Concat(fields.Select(field => field + "\r\n"))}Content-Length: {body.Length}\r\n\r\n{body}";

    public static string NotModified(params string[] fields) => $"HTTP/1.1 304 Not Modified\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n";

    public Task<Seen> GetAsync(string path = "/", params string[] fields) => SendAsync("GET", path, fields);

    public async Task<Seen> SendAsync(string method, string path, params string[] fields)
    {
        using var response = await StartAsync(method, path, fields);
        return await Seen.OfAsync(response);
    }

    /// <summary>Sends, and has the head of the answer.</summary>
    public Task<HttpResponseMessage> StartAsync(string method, string path, string[] fields, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        foreach (var (name, value) in Rules.TestHeads.Lines(fields)) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public void Pass(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Waits until something holds that nobody announces.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var timeout = new CancellationTokenSource(Bound);
        while (!holds())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _origin.DisposeAsync();
        await _services.DisposeAsync();
    }

    private async Task AnswerAsync(RawConnection connection)
    {
        while (await connection.TryReadHeadAsync() is { } head)
        {
            _requests.Enqueue(head);
            if (!_answers.TryDequeue(out var answer))
            {
                connection.Reset();
                return;
            }

            await answer(connection, head);
        }
    }
}
