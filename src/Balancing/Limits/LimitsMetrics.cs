using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Balancing;

/// <summary>What limits measure. A request that neither waits nor is refused pays nothing for it.</summary>
internal sealed class LimitsMetrics
{
    /// <summary>Name of the instrument: requests that wait, per cluster.</summary>
    public const string QueuedName = "net2.cluster.queued_requests";

    /// <summary>Name of the instrument: how long those waited that had to.</summary>
    public const string WaitName = "net2.cluster.queue.duration";

    /// <summary>Name of the instrument: requests that were refused.</summary>
    public const string RefusedName = "net2.cluster.refused_requests";

    /// <summary>Name of the instrument: the limit in force, per destination.</summary>
    public const string LimitName = "net2.destination.request_limit";

    public const string Admitted = "admitted";
    public const string TimedOut = "timeout";
    public const string Cancelled = "cancelled";
    public const string NoneUsable = "none_usable";
    private const string QueueFull = "queue_full";

    private readonly Meter _meter;
    private readonly Histogram<double> _waits;
    private readonly Counter<long> _refusals;

    public LimitsMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(BalancingMetrics.MeterName);
        _waits = _meter.CreateHistogram<double>(WaitName, "s", "Time that requests waited for a destination to have room, of those that had to wait.");
        _refusals = _meter.CreateCounter<long>(RefusedName, "{request}", "Requests refused because the limits of their cluster were reached.");
    }

    /// <summary>Lets listeners observe the clusters of a registry.</summary>
    public void Observe(IClusterRegistry registry)
    {
        _meter.CreateObservableUpDownCounter(QueuedName, () => ReadQueued(registry), "{request}", "Requests that wait for a destination of a cluster to have room.");
        _meter.CreateObservableGauge(LimitName, () => ReadLimits(registry), "{request}", "Requests that may be in flight to a destination of a cluster at one time; only where there is a limit.");
    }

    /// <summary>A request has left the line.</summary>
    public void Waited(Cluster cluster, string outcome, TimeSpan elapsed)
    {
        if (_waits.Enabled) _waits.Record(elapsed.TotalSeconds, new("net2.cluster.id", cluster.Id), new("net2.queue.outcome", outcome));
    }

    /// <summary>A request was refused.</summary>
    public void Refused(Cluster cluster, NoDestinationReason reason)
    {
        if (_refusals.Enabled) _refusals.Add(1, new("net2.cluster.id", cluster.Id), new("net2.reason", reason == NoDestinationReason.WaitTimedOut ? TimedOut : QueueFull));
    }

    private static List<Measurement<int>> ReadQueued(IClusterRegistry registry)
    {
        var measurements = new List<Measurement<int>>();
        foreach (var cluster in registry.Clusters)
        {
            if (cluster.Limiter is { } limiter) measurements.Add(new(limiter.Waiting, new KeyValuePair<string, object?>("net2.cluster.id", cluster.Id)));
        }

        return measurements;
    }

    private static List<Measurement<int>> ReadLimits(IClusterRegistry registry)
    {
        var measurements = new List<Measurement<int>>();
        foreach (var cluster in registry.Clusters)
        {
            foreach (var destination in cluster.Snapshot.Destinations)
            {
                if (destination.RequestLimit == LimitSettings.None) continue;
                measurements.Add(new(destination.RequestLimit, new("net2.cluster.id", cluster.Id), new("net2.destination.id", destination.Id)));
            }
        }

        return measurements;
    }
}
