using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Net2Secure.Routing.Faults;

/// <summary>One request of a load and what came of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsPost">Whether it was a POST.</param>
/// <param name="Started">When it was sent, from the beginning of the load.</param>
/// <param name="Took">How long it took to its end.</param>
/// <param name="Status">The status; 0 when no whole answer came.</param>
/// <param name="Backend">Who answered.</param>
internal readonly record struct Sent(string Id, bool IsPost, TimeSpan Started, TimeSpan Took, int Status, string? Backend)
{
    public bool Failed => Status is 0 or >= 500;

    public TimeSpan Ended => Started + Took;
}

/// <summary>Sends requests at a fixed rate, whether or not those before are answered: as many clients do, who do not know of each other.</summary>
internal sealed class LoadRun : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, MaxConnectionsPerServer = 2000 }) { Timeout = TimeSpan.FromSeconds(15) };
    private readonly ConcurrentBag<Sent> _sent = [];
    private readonly Uri _target;
    private readonly double _rate;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public LoadRun(int port, double rate, double posts)
    {
        _target = new Uri($"http://127.0.0.1:{port}/work");
        _rate = rate;
        _running = Task.Run(() => SendAllAsync(posts));
    }

    public TimeSpan Now => _watch.Elapsed;

    /// <summary>Stops sending and waits for what is on its way.</summary>
    public async Task<IReadOnlyList<Sent>> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        return [.. _sent.OrderBy(s => s.Started)];
    }

    public void Dispose()
    {
        _stop.Dispose();
        _client.Dispose();
    }

    private async Task SendAllAsync(double posts)
    {
        var running = new List<Task>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var number = 0L; !_stop.IsCancellationRequested;)
        {
            await tick.WaitForNextTickAsync();
            for (; number < _watch.Elapsed.TotalSeconds * _rate; number++)
                running.Add(SendAsync(number.ToString(CultureInfo.InvariantCulture), Math.Floor(number * posts) > Math.Floor((number - 1) * posts)));
        }

        await Task.WhenAll(running);
    }

    private async Task SendAsync(string id, bool isPost)
    {
        var started = _watch.Elapsed;
        var (status, backend) = (0, default(string));
        try
        {
            using var request = new HttpRequestMessage(isPost ? HttpMethod.Post : HttpMethod.Get, _target) { Version = HttpVersion.Version11 };
            request.Headers.Add("X-Id", id);
            if (isPost) request.Content = new StringContent("order " + id);
            using var response = await _client.SendAsync(request);
            backend = response.Headers.TryGetValues("X-Backend", out var values) ? values.First() : null;
            status = (int)response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // Counted as a failure.
        }

        _sent.Add(new Sent(id, isPost, started, _watch.Elapsed - started, status, backend));
    }
}
