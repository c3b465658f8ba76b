using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using static Net2Secure.Routing.Balancing.Tests.Resilience.ResilienceBench;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

/// <summary>What is measured, by name, unit, value and tags.</summary>
public sealed class ResilienceMetricsTests
{
    [Fact]
    public async Task Attempts_EachRequest_AreThoseThatItTook()
    {
        using var bench = new ResilienceBench(Broken("a", SentState.AllSent));
        var measured = new List<string>();
        using var listener = Listen(bench, measured);
        (await bench.SendAsync()).Dispose();
        (await bench.SendAsync()).Dispose();
        bench.Cluster.Update(bench["c"], "gone", s => s with { Override = DestinationOverride.Unhealthy });
        bench.Cluster.Update(bench["d"], "gone", s => s with { Override = DestinationOverride.Unhealthy });
        bench.Cluster.Update(bench["b"], "gone", s => s with { Override = DestinationOverride.Unhealthy });
        await Assert.ThrowsAsync<AttemptException>(() => bench.SendAsync("POST"));

        Assert.Equal(
            [
                "net2.request.attempts {attempt} 2 net2.cluster.id=shop",
                "net2.request.attempts {attempt} 1 net2.cluster.id=shop",
                "net2.request.attempts {attempt} 1 net2.cluster.id=shop",
            ],
            measured);
    }

    [Fact]
    public async Task Attempts_HedgedRequest_CountThoseBesideEachOther()
    {
        using var bench = new ResilienceBench(Silent("a"), o => o.Hedging = new() { Enabled = true, Delay = TimeSpan.FromMilliseconds(100) });
        var measured = new List<string>();
        using var listener = Listen(bench, measured);
        var sending = bench.SendAsync();
        await bench.PassAsync(sending);
        (await sending).Dispose();

        Assert.Equal(["net2.request.attempts {attempt} 2 net2.cluster.id=shop"], measured);
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("hedge")]
    public async Task Refused_BudgetIsSpent_IsCountedByWhatItWasFor(string kind)
    {
        using var bench = new ResilienceBench(
            kind == "retry" ? Broken("abcd", SentState.AllSent) : Silent("abcd"),
            o =>
            {
                o.Budget = new() { Percent = 0, MinPerSecond = 0 };
                if (kind == "hedge") o.Hedging = new() { Enabled = true, Delay = TimeSpan.FromMilliseconds(100) };
            });
        var measured = new List<string>();
        using var listener = Listen(bench, measured);
        using var end = new CancellationTokenSource();
        var sending = bench.SendAsync(token: end.Token);
        await bench.PassAsync(EventuallyAsync(() => measured.Count > 0));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);

        Assert.Equal($"net2.budget.refused {{attempt}} 1 net2.cluster.id=shop net2.attempt.kind={kind}", measured[0]);
    }

    [Fact]
    public async Task Abandoned_DestinationIsEjected_CountsWhatIsMadeElsewhere()
    {
        using var bench = new ResilienceBench(Silent("a"));
        var measured = new List<string>();
        using var listener = Listen(bench, measured);
        var waiting = bench.SendAsync();
        await EventuallyAsync(() => bench["a"].Waiting.Count == 1);
        bench.Cluster.Update(bench["a"], "silent", s => s with { Passive = DestinationHealth.Unhealthy });
        (await waiting).Dispose();

        Assert.Equal(
            [
                "net2.attempts.abandoned {attempt} 1 net2.cluster.id=shop net2.destination.id=a",
                "net2.request.attempts {attempt} 2 net2.cluster.id=shop",
            ],
            measured.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task CircuitChanges_OpenedAndClosed_AreCountedPerDestination()
    {
        var down = "a";
        using var bench = new ResilienceBench((id, request, token) => Refused(down)(id, request, token));
        var measured = new List<string>();
        using var listener = Listen(bench, measured);
        for (var i = 0; i < 40; i++) (await bench.SendAsync()).Dispose();
        down = "";
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 40; i++) (await bench.SendAsync()).Dispose();

        Assert.Equal(
            [
                "net2.circuit.changes {change} 1 net2.cluster.id=shop net2.destination.id=a net2.circuit.state=open",
                "net2.circuit.changes {change} 1 net2.cluster.id=shop net2.destination.id=a net2.circuit.state=closed",
            ],
            measured.Where(m => m.StartsWith("net2.circuit", StringComparison.Ordinal)));
    }

    private static MeterListener Listen(ResilienceBench bench, List<string> measured)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope != bench.Services.GetRequiredService<IMeterFactory>()
                || instrument.Name is not ("net2.request.attempts" or "net2.budget.refused" or "net2.attempts.abandoned" or "net2.circuit.changes")) return;
            Assert.Equal("Net2Secure.Routing.Balancing", instrument.Meter.Name);
            Assert.False(string.IsNullOrEmpty(instrument.Description));
            l.EnableMeasurementEvents(instrument);
        };
        void Note(Instrument instrument, object value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = $"{instrument.Name} {instrument.Unit} {value} {string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}";
            lock (measured) measured.Add(text);
        }

        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        return listener;
    }
}
