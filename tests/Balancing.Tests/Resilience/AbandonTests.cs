using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using static Net2Secure.Routing.Balancing.Tests.Resilience.ResilienceBench;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>What waits at a destination that is given up is made elsewhere, if it may be.</summary>
public sealed class AbandonTests
{
    [Fact]
    public async Task Ejected_RequestsThatWaitThere_AreMadeElsewhere()
    {
        using var bench = new ResilienceBench(Silent("a"));
        var waiting = await WaitingAtAsync(bench, () => bench.SendAsync(), 20);
        Eject(bench);
        foreach (var response in await Task.WhenAll(waiting)) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, bench["a"].Waiting.Count);
        Assert.DoesNotContain(bench.Outcomes.All, o => o.EndsWith("Destination", StringComparison.Ordinal)); // whoever ejected it knows already
    }

    [Fact]
    public async Task Ejected_RequestsThatMayNotBeRepeated_GoOnWaiting()
    {
        using var bench = new ResilienceBench(Silent("a"));
        using var end = new CancellationTokenSource();
        var waiting = bench.SendAsync(Request("POST", new ByteArrayContent([1])), end.Token);
        await EventuallyAsync(() => bench["a"].ConcurrentRequests == 1);
        Eject(bench);
        Assert.Equal(0, bench["a"].Waiting.Count);
        Assert.False(waiting.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Ejected_BodyThatCannotBeSentAgain_GoesOnWaiting()
    {
        using var bench = new ResilienceBench(async (id, request, token) =>
        {
            await request.Content!.CopyToAsync(Stream.Null, token);
            if (id == "a") await Task.Delay(Timeout.Infinite, token);
            return Ok();
        });
        using var end = new CancellationTokenSource();
        var tooLong = bench.SendAsync(Request("PUT", new StreamContent(new MemoryStream(new byte[100_000]))), end.Token);
        await EventuallyAsync(() => bench["a"].Waiting.Count == 1);
        await EventuallyAsync(() => bench["a"].ConcurrentRequests == 1);
        await Task.Delay(20);
        Eject(bench);
        Assert.Equal(1, bench["a"].Waiting.Count);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tooLong);
    }

    [Fact]
    public async Task Ejected_NobodyElse_GoesOnWaiting()
    {
        using var bench = new ResilienceBench(Silent("a"), destinations: 2);
        using var end = new CancellationTokenSource();
        bench.Cluster.Update(bench["b"], "down", s => s with { Override = DestinationOverride.Unhealthy });
        var waiting = bench.SendAsync(Request(), end.Token);
        await EventuallyAsync(() => bench["a"].Waiting.Count == 1);
        bench.Cluster.Update(bench["a"], "silent", s => s with { Override = DestinationOverride.Unhealthy });
        Assert.Equal(1, bench["a"].Waiting.Count);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Ejected_NobodyElseIsOfTheSubset_GoesOnWaiting()
    {
        using var bench = new ResilienceBench(Silent("a"), cluster: c =>
        {
            foreach (var (id, destination) in c.Destinations) destination.Metadata["version"] = id == "a" ? "v2" : "v1";
        });
        using var end = new CancellationTokenSource();
        var bound = Request();
        bound.Options.Set(BalancingRequestOptions.Subset, new DestinationSubset("version", "v2"));
        var waiting = bench.SendAsync(bound, end.Token);
        await EventuallyAsync(() => bench["a"].Waiting.Count == 1);
        // In turn to all four.
        var free = Enumerable.Range(0, 4).Select(_ => bench.SendAsync(Request(), end.Token)).ToList();
        await EventuallyAsync(() => bench["a"].Waiting.Count == 2);
        var abandoned = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "net2.attempts.abandoned" && instrument.Meter.Scope == bench.Services.GetRequiredService<IMeterFactory>()) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => abandoned += count);
        listener.Start();
        Eject(bench);
        Assert.Equal(1, abandoned); // counted at once, before anything is cancelled
        foreach (var response in await Task.WhenAll(free).WaitAsync(Bound)) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, bench["a"].Waiting.Count);
        Assert.False(waiting.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(2, bench.Asked.Count(static id => id == "a")); // not asked again for what it had already
    }

    [Fact]
    public async Task CircuitOpens_OthersAreInReserveOnly_RequestsThatWaitAreMadeThere()
    {
        var isFirst = true;
        using var bench = new ResilienceBench(
            async (id, _, token) =>
            {
                if (id == "b") return Ok();
                if (!isFirst) throw Failure(SentState.NotConnected);
                isFirst = false;
                await Task.Delay(Timeout.Infinite, token);
                return Ok();
            },
            destinations: 2,
            cluster: c => c.Destinations["b"].Priority = 1);
        var waiting = bench.SendAsync();
        await EventuallyAsync(() => bench["a"].Waiting.Count == 1);
        for (var i = 0; i < 5; i++) (await bench.SendAsync()).Dispose();

        Assert.True(bench["a"].Circuit.IsOpen);
        (await waiting).Dispose();
        Assert.Equal("aababababab" + "b", bench.AskedInOrder);
    }

    [Fact]
    public async Task Ejected_BudgetLetsSomeGo_TheOthersGoOnWaiting()
    {
        using var bench = new ResilienceBench(Silent("a"), o => (o.Budget!.Percent, o.Budget.MinPerSecond, o.Budget.Window) = (0, 3, TimeSpan.FromSeconds(1)));
        using var end = new CancellationTokenSource();
        var waiting = await WaitingAtAsync(bench, () => bench.SendAsync(Request(), end.Token), 10);
        Eject(bench);
        await EventuallyAsync(() => waiting.Count(w => w.IsCompleted) == 3);
        Assert.Equal(7, bench["a"].Waiting.Count);
        await end.CancelAsync();
        foreach (var task in waiting.Where(w => !w.IsCompletedSuccessfully)) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
    }

    [Fact]
    public async Task CircuitOpens_RequestsThatWaitThere_AreMadeElsewhere()
    {
        var silent = 3;
        using var bench = new ResilienceBench(async (id, _, token) =>
        {
            if (id != "a") return Ok();
            if (Interlocked.Decrement(ref silent) >= 0) await Task.Delay(Timeout.Infinite, token);
            throw Failure(SentState.NotConnected);
        });
        var waiting = await WaitingAtAsync(bench, () => bench.SendAsync(), 3);
        while (!bench["a"].Circuit.IsOpen) (await bench.SendAsync()).Dispose();
        foreach (var response in await Task.WhenAll(waiting).WaitAsync(Bound)) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static void Eject(ResilienceBench bench) => bench.Cluster.Update(bench["a"], "silent", s => s with { Passive = DestinationHealth.Unhealthy });

    private static async Task<List<Task<HttpResponseMessage>>> WaitingAtAsync(ResilienceBench bench, Func<Task<HttpResponseMessage>> send, int count)
    {
        var waiting = new List<Task<HttpResponseMessage>>();
        while (bench["a"].Waiting.Count < count)
        {
            var sending = send();
            await EventuallyAsync(() => sending.IsCompleted || bench["a"].Waiting.Count > waiting.Count);
            if (!sending.IsCompleted) waiting.Add(sending);
        }

        return waiting;
    }
}
