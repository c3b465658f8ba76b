using System.Diagnostics;
using System.Net;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;

namespace Net2Secure.Routing.Integration.Resilience;

/// <summary>Real backends die, reset, freeze and come back under load: what clients notice of it, by the settings that are there without a word.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class FaultTests
{
    private static readonly string[] Repeated = ["GET", "PUT"];

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    public async Task KilledUnderLoad_NoRepeatableRequestFails_AndNoPostIsDeliveredTwice(bool withProxy, int dead)
    {
        await using var four = await FourBackends.StartAsync(withProxy);
        var load = four.LoadAsync(1500, 8, "GET", "PUT", "POST");
        await WorkedAsync(four, 400);
        await Task.WhenAll(four.Backends.Take(dead).Select(b => b.KillAsync()));
        await load.WaitAsync(ProxyUnderTest.Patience);

        Assert.Empty(four.Failed(Repeated));
        Assert.Empty(four.Doubled("POST"));
        // What was under way on the dead ones may be lost; what comes after is not.
        Assert.InRange(four.Failed("POST").Length, 0, 8 * dead);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Backend_ThatReadsAndResets_CostsNoRepeatableRequest_AndNoPostIsDeliveredTwice(bool withProxy)
    {
        await using var four = await FourBackends.StartAsync(withProxy);
        await four.LoadAsync(100, 8, "GET");
        four.Backends[0].Manner = Manner.ResetsAfterTheRequest;
        await four.LoadAsync(900, 8, "GET", "PUT", "POST").WaitAsync(ProxyUnderTest.Patience);

        Assert.Empty(four.Failed(Repeated));
        Assert.Empty(four.Doubled("POST"));
        // The circuit opens after five; without it a quarter of them would be lost.
        Assert.InRange(four.Failed("POST").Length, 0, 30);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AllDown_IsToldAtOnceWithoutDialling_AndIsOverSoonAfterTheFirstReturn(bool withProxy)
    {
        await using var four = await FourBackends.StartAsync(withProxy);
        await four.LoadAsync(50, 4, "GET");
        foreach (var backend in four.Backends) await backend.KillAsync();
        await four.LoadAsync(60, 4, "GET", "POST");

        var clock = Stopwatch.StartNew();
        var response = await four.SendAsync("GET");
        if (withProxy)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response!.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
        }

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1)); // milliseconds, on a machine that has time
        await Task.Delay(2000);
        await four.LoadAsync(20, 4, "GET");

        four.Backends[2].ComeBack();
        clock.Restart();
        while ((await four.SendAsync("GET"))?.StatusCode != HttpStatusCode.OK)
        {
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
            await Task.Delay(20);
        }

        four.Ended.Clear();
        await four.LoadAsync(100, 4, "GET");
        Assert.Empty(four.Failed("GET"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Frozen_RequestsThatWaitThere_AreMadeElsewhereWhenItIsEjected(bool withProxy)
    {
        await using var four = await FourBackends.StartAsync(withProxy);
        await four.LoadAsync(40, 4, "GET");
        four.Backends[0].Manner = Manner.Freezes;
        var load = four.LoadAsync(200, 8, "GET", "PUT");
        var frozen = four.Cluster.Snapshot.Destinations.Single(d => d.Id == "b0");
        // How many of them meet it is up to chance; that one does is not.
        await Eventually.TrueAsync(() => frozen.ConcurrentRequests >= 1);

        four.Cluster.Update(frozen, "silent", s => s with { Passive = DestinationHealth.Unhealthy });
        await load.WaitAsync(ProxyUnderTest.Patience);

        Assert.Empty(four.Failed(Repeated));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Frozen_WithATimeForEachAttempt_CostsNoRepeatableRequest(bool withProxy)
    {
        await using var four = await FourBackends.StartAsync(withProxy, o => o.AttemptTimeout = TimeSpan.FromMilliseconds(500));
        await four.LoadAsync(400, 8, "GET");
        four.Backends[0].Manner = Manner.Freezes;
        await four.LoadAsync(60, 8, "GET", "PUT").WaitAsync(ProxyUnderTest.Patience);

        Assert.Empty(four.Failed(Repeated));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task TotalOverload_BackendsSeeAtMostATwentiethMoreThanClientsAskFor(bool withProxy, bool bySilence)
    {
        await using var four = await FourBackends.StartAsync(withProxy, o =>
        {
            o.Retry!.RetryStatusCodes = [502, 503, 504];
            if (bySilence) o.AttemptTimeout = TimeSpan.FromMilliseconds(100);
        });
        foreach (var backend in four.Backends) backend.Manner = bySilence ? Manner.Freezes : Manner.Overloaded;
        var requests = bySilence ? 1000 : 3000;
        await four.LoadAsync(requests, bySilence ? 50 : 16, "GET").WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(requests, four.Ended.Count);
        Assert.InRange(four.Backends.Sum(b => b.Worked.Count), requests * 0.95, requests * 1.05);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task TotalOverload_AllReset_BackendsSeeAtMostATwentiethMoreThanClientsAskFor(bool withProxy, bool withCircuits)
    {
        await using var four = await FourBackends.StartAsync(withProxy, o => o.CircuitBreaker = new() { Enabled = withCircuits });
        foreach (var backend in four.Backends) backend.Manner = Manner.ResetsAfterTheRequest;
        const int requests = 2000;
        await four.LoadAsync(200, 16, "GET").WaitAsync(TimeSpan.FromSeconds(60));
        var before = four.Backends.Sum(b => b.Worked.Count);
        await four.LoadAsync(requests, 16, "GET").WaitAsync(TimeSpan.FromSeconds(60));

        // With circuits most are refused without being tried.
        var attempts = four.Backends.Sum(b => b.Worked.Count) - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{attempts} attempts for {requests} requests");
        Assert.InRange(attempts, withCircuits ? 0 : requests * 0.95, requests * 1.05);
    }

    private static Task WorkedAsync(FourBackends four, int count) => Eventually.TrueAsync(() => four.Backends.Sum(b => b.Worked.Count) >= count);
}
