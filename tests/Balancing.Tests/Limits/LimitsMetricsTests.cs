using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Balancing.Tests.Limits;

public sealed class LimitsMetricsTests
{
    [Fact]
    public async Task Instruments_WaitingAndRefused_AreMeasuredByNameUnitAndReason()
    {
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 1, MaxQueue = 2, QueueTimeout = TimeSpan.FromSeconds(5) }, destinations: 1);
        var measured = new List<string>();
        using var listener = Listen(cluster, measured);
        var running = cluster.Ask();
        using var cancellation = new CancellationTokenSource();
        var (leaving, served) = (cluster.AskAsync(token: cancellation.Token), cluster.AskAsync());
        await cluster.RefusedAsync();
        listener.RecordObservableInstruments();
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        running.EndAttempt();
        await served.WaitAsync(LimitedCluster.Bound);
        var late = cluster.AskAsync();
        cluster.Time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<NoDestinationException>(() => late.WaitAsync(LimitedCluster.Bound));

        Assert.Equal(
            [
                "net2.cluster.refused_requests {request} 1 net2.cluster.id=shop net2.reason=queue_full",
                "net2.cluster.queued_requests {request} 2 net2.cluster.id=shop",
                "net2.destination.request_limit {request} 1 net2.cluster.id=shop net2.destination.id=a",
                "net2.cluster.queue.duration s 2 net2.cluster.id=shop net2.queue.outcome=cancelled",
                "net2.cluster.queue.duration s 2 net2.cluster.id=shop net2.queue.outcome=admitted",
                "net2.cluster.queue.duration s 5 net2.cluster.id=shop net2.queue.outcome=timeout",
                "net2.cluster.refused_requests {request} 1 net2.cluster.id=shop net2.reason=timeout",
            ],
            measured);
    }

    [Fact]
    public void RequestLimit_NoLimit_IsNotReported()
    {
        using var cluster = new LimitedCluster(new() { MaxRequests = 5 });
        var measured = new List<string>();
        using var listener = Listen(cluster, measured);
        listener.RecordObservableInstruments();
        Assert.Equal(["net2.cluster.queued_requests {request} 0 net2.cluster.id=shop"], measured);
    }

    private static MeterListener Listen(LimitedCluster cluster, List<string> measured)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope != cluster.Meters || instrument.Name is not ("net2.cluster.queued_requests" or "net2.cluster.queue.duration" or "net2.cluster.refused_requests" or "net2.destination.request_limit")) return;
            Assert.Equal("Net2Secure.Routing.Balancing", instrument.Meter.Name);
            Assert.False(string.IsNullOrEmpty(instrument.Description));
            l.EnableMeasurementEvents(instrument);
        };
        void Note(Instrument instrument, object value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => measured.Add(
            $"{instrument.Name} {instrument.Unit} {value} {string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}");
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        return listener;
    }
}
