using System.Diagnostics.Metrics;
using System.Net;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Steering;

public sealed class HealthReaderTests : IDisposable
{
    private readonly ObservedCluster _cluster = new(4);

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void Clusters_SayWhoDoesWhatAndWhy()
    {
        var started = _cluster.Time.GetUtcNow();
        _cluster.Answer(1);
        _cluster.Pass(1);
        _cluster.Refuse(0, times: 5);
        _cluster[1].BeginAttempt();
        _cluster.Pass(0.25);

        var cluster = Assert.Single(_cluster.Reader.Clusters);
        Assert.Equal(("shop", false, 1), (cluster.ClusterId, cluster.IsPanic, cluster.ConcurrentRequests));
        var (ejected, other) = (cluster.Destinations[0], cluster.Destinations[1]);
        Assert.Equal((0.0, 1, DestinationHealth.Unhealthy), (ejected.Share, ejected.Ejections, ejected.Status.Health));
        Assert.Equal("ejected: 5 attempts failed in a row", ejected.Reason);
        Assert.Equal(started.AddSeconds(1), ejected.Since);
        Assert.Equal(TimeSpan.FromSeconds(0.75), ejected.EjectedFor);
        Assert.Equal(5, ejected.Traffic.Failures);
        Assert.Equal((1 / 3.0, 1, "", started), (other.Share, other.ConcurrentRequests, other.Reason, other.Since));
        Assert.Null(other.EjectedFor);
        Assert.Equal(1, other.Traffic.Requests);
    }

    [Fact]
    public void Find_NobodyOfThatName_IsNone()
    {
        Assert.Null(_cluster.Reader.Find("nowhere"));
        Assert.Empty(_cluster.Reader.History("nowhere"));
        Assert.NotNull(_cluster.Reader.Find("SHOP"));
    }

    [Fact]
    public void History_TellsTheCourse()
    {
        _cluster.Refuse(0, times: 5);
        _cluster.Pass(1.1);
        var request = new HttpRequestMessage();
        Assert.Equal("a", _cluster.Choose(request)!.Id);
        new ObservedCluster.Attempt(_cluster, _cluster[0], request).Answer();
        Assert.Equal(
            ["a: ejected: 5 attempts failed in a row", "a: its ejection is over, and one request may try it", "a: a request that tried it was answered"],
            _cluster.Reader.History("shop").Select(c => $"{c.DestinationId}: {c.Reason}"));
        Assert.Equal([DestinationHealth.Unhealthy, DestinationHealth.Unknown, DestinationHealth.Healthy], _cluster.Reader.History("shop").Select(c => c.After.Passive));
    }

    [Fact]
    public void Reason_WhereProbesFindItDownToo_IsTheirsOnceTheEjectionIsOver()
    {
        _cluster.Refuse(0, times: 5);
        _cluster.Cluster.Update(_cluster[0], "2 probes failed", s => s with { Active = DestinationHealth.Unhealthy });
        _cluster.Cluster.Update(_cluster[0], "something else", s => s with { AsksToDrain = true });
        _cluster.Pass(1.1);
        var state = _cluster.Reader.Find("shop")!.Destinations[0];
        Assert.Equal((DestinationHealth.Unknown, DestinationHealth.Unhealthy, "2 probes failed"), (state.Status.Passive, state.Status.Health, state.Reason));
        Assert.Equal("its ejection is over, and probes decide", _cluster.Reader.History("shop")[^1].Reason);
    }

    [Fact]
    public void History_Panic_IsAnEventOfTheCluster()
    {
        foreach (var index in new[] { 0, 1, 2 }) _cluster.Cluster.Update(_cluster[index], "probe failed", s => s with { Active = DestinationHealth.Unhealthy });
        var last = _cluster.Reader.History("shop")[^1];
        Assert.Equal((null, true), (last.DestinationId, last.IsPanic));
        Assert.True(_cluster.Reader.Find("shop")!.IsPanic);
        _cluster.Cluster.Update(_cluster[0], "probe passed", s => s with { Active = DestinationHealth.Healthy });
        last = _cluster.Reader.History("shop")[^1];
        Assert.Equal((null, false), (last.DestinationId, last.IsPanic));
    }

    [Fact]
    public void History_KeepsTheLatest()
    {
        for (var i = 0; i < 300; i++) _cluster.Control.Force("shop", "a", i % 2 == 0 ? DestinationOverride.Draining : DestinationOverride.None, $"{i}");
        var history = _cluster.Reader.History("shop");
        Assert.Equal((256, "44", "299"), (history.Count, history[0].Reason, history[^1].Reason));
    }

    [Fact]
    public void History_RampAndLoad_AreNoEvents()
    {
        _cluster.Cluster.Update(_cluster[0], "ramp", s => s with { Ramp = 0.5, LoadFactor = 0.5 });
        Assert.Empty(_cluster.Reader.History("shop"));
    }

    [Fact]
    public async Task Watch_TellsChangesAsTheyCome()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var watching = _cluster.Reader.WatchAsync(ending.Token).GetAsyncEnumerator(ending.Token);
        var next = watching.MoveNextAsync();
        _cluster.Control.Force("shop", "b", DestinationOverride.Draining, "maintenance");
        Assert.True(await next.AsTask().WaitAsync(TimeSpan.FromSeconds(20), ending.Token));
        Assert.Equal(("shop", "b", "maintenance"), (watching.Current.ClusterId, watching.Current.DestinationId, watching.Current.Reason));
        next = watching.MoveNextAsync();
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.AsTask());
    }

    [Fact]
    public void Metrics_CountEjectionsAndShowStates()
    {
        var seen = new List<(string Name, string Unit, double Value, string Tags)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Net2Secure.Routing.Health" && instrument.Meter.Scope == _cluster.Meters) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Note(i, v, tags));
        listener.SetMeasurementEventCallback<int>((i, v, tags, _) => Note(i, v, tags));
        listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Note(i, v, tags));
        listener.Start();

        _cluster.Refuse(0, times: 5);
        Assert.Contains(("net2.health.ejections", "{ejection}", 1, "net2.cluster.id=shop net2.destination.id=a net2.health.rule=consecutive_failures"), seen);
        _cluster.Control.Force("shop", "b", DestinationOverride.Draining, "maintenance");
        listener.RecordObservableInstruments();
        Assert.Contains(("net2.health.destination.states", "{destination}", 1, "net2.cluster.id=shop net2.health.state=ejected"), seen);
        Assert.Contains(("net2.health.destination.states", "{destination}", 1, "net2.cluster.id=shop net2.health.state=draining"), seen);
        Assert.Contains(("net2.health.destination.states", "{destination}", 2, "net2.cluster.id=shop net2.health.state=unknown"), seen);
        Assert.Contains(("net2.health.panic", "1", 0, "net2.cluster.id=shop"), seen);
        Assert.Contains(("net2.health.destination.share", "1", 0.5, "net2.cluster.id=shop net2.destination.id=c"), seen);
        _cluster.Control.Force("shop", "a", DestinationOverride.Healthy, "back");
        Assert.Contains(("net2.health.readmissions", "{readmission}", 1, "net2.cluster.id=shop net2.destination.id=a"), seen);

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen.Add((instrument.Name, instrument.Unit ?? "", value, string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))));
    }

    [Fact]
    public void Traffic_OfErrors_IsInTheState()
    {
        _cluster.Answer(2, HttpStatusCode.BadGateway);
        Assert.Equal((1, 1, 1.0), (Traffic.Requests, Traffic.GatewayErrors, Traffic.ErrorShare));
    }

    private TrafficSummary Traffic => _cluster.Reader.Find("shop")!.Destinations[2].Traffic;
}
