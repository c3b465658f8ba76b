using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Integration.Wire;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Resilience;

/// <summary>A destination takes its time, and another one is asked beside it: through the proxy, on real sockets.</summary>
public sealed class HedgedRequestTests : IDisposable
{
    private readonly ConcurrentQueue<string> _slow = [];
    private readonly ConcurrentQueue<string> _quick = [];
    private readonly SemaphoreSlim _answering = new(0);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task SlowDestination_TheHedgeAnswers_AndTheLoserIsCancelled()
    {
        await using var two = await StartAsync();
        using var client = two.Proxy.CreateClient();
        using var response = await client.GetAsync("/asked");

        Assert.Equal("quick", await response.Content.ReadAsStringAsync());
        Assert.Equal(["GET /asked HTTP/1.1"], _slow);
        Assert.Equal(["GET /asked HTTP/1.1"], _quick);
        // Nobody is left to want the other answer: its connection is closed, and its place is free.
        await _left.Task.WaitAsync(ProxyUnderTest.Patience);
        await Eventually.TrueAsync(() => two.Cluster.Snapshot.Destinations.All(d => d.ConcurrentRequests == 0));
    }

    [Fact]
    public async Task PutWithABody_IsWholeAtBoth()
    {
        await using var two = await StartAsync();
        using var client = two.Proxy.CreateClient();
        using var response = await client.PutAsync("/kept", new StringContent("all of it"));

        Assert.Equal("quick", await response.Content.ReadAsStringAsync());
        Assert.Equal(["PUT /kept HTTP/1.1 all of it"], _slow);
        Assert.Equal(["PUT /kept HTTP/1.1 all of it"], _quick);
    }

    [Fact]
    public async Task Post_IsNotHedged_HoweverLongItTakes()
    {
        await using var two = await StartAsync();
        using var client = two.Proxy.CreateClient();
        var ordering = client.PostAsync("/order", new StringContent("one"));
        await Eventually.TrueAsync(() => _slow.Count == 1);
        // What comes later is hedged by now: so would the order have been.
        using (var response = await client.GetAsync("/later")) Assert.Equal("quick", await response.Content.ReadAsStringAsync());
        _answering.Release();

        using var ordered = await ordering;
        Assert.Equal("slow", await ordered.Content.ReadAsStringAsync());
        Assert.Equal(["GET /later HTTP/1.1"], _quick);
    }

    [Fact]
    public async Task Hedges_CountAgainstTheBudget()
    {
        // Half of the requests may have a further attempt: of two the first.
        await using var two = await StartAsync(o => o.Budget = new() { Percent = 50, MinPerSecond = 0, Window = TimeSpan.FromMinutes(1) });
        var refused = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == two.Proxy.Services.GetRequiredService<IMeterFactory>() && instrument.Name == "net2.budget.refused") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => refused.Enqueue($"{value} {string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}"));
        listener.Start();
        using var client = two.Proxy.CreateClient();
        using (var first = await client.GetAsync("/1")) Assert.Equal("quick", await first.Content.ReadAsStringAsync());
        await _left.Task.WaitAsync(ProxyUnderTest.Patience);

        var second = client.GetAsync("/2");
        await Eventually.TrueAsync(() => !refused.IsEmpty);
        _answering.Release();

        using var response = await second;
        Assert.Equal("slow", await response.Content.ReadAsStringAsync());
        Assert.Equal(["GET /1 HTTP/1.1"], _quick);
        Assert.Equal(["1 net2.cluster.id=backend net2.attempt.kind=hedge"], refused);
    }

    public void Dispose() => _answering.Dispose();

    private Task<TwoOrigins> StartAsync(Action<ResilienceOptions>? configure = null) => TwoOrigins.StartAsync(
        AnswerWhenToldAsync,
        async connection =>
        {
            while (true)
            {
                _quick.Enqueue(await ReadAsync(connection));
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nquick");
            }
        },
        o =>
        {
            o.Hedging = new() { Enabled = true, Delay = TimeSpan.FromMilliseconds(50) };
            configure?.Invoke(o);
        });

    private async Task AnswerWhenToldAsync(RawConnection connection)
    {
        while (true)
        {
            _slow.Enqueue(await ReadAsync(connection));
            var ended = connection.WaitForEndAsync();
            using var given = new CancellationTokenSource();
            if (await Task.WhenAny(_answering.WaitAsync(given.Token), ended) == ended)
            {
                await given.CancelAsync();
                _left.TrySetResult();
                return;
            }

            await connection.SendAsync("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nslow");
            await ended;
            return;
        }
    }

    private static async Task<string> ReadAsync(RawConnection connection)
    {
        var message = await connection.ReadMessageAsync();
        return message.Body.Length == 0 ? message.StartLine : $"{message.StartLine} {message.Body}";
    }
}
