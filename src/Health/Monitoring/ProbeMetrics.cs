using System.Diagnostics.Metrics;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>What probes measure.</summary>
internal sealed class ProbeMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Net2Secure.Routing.Health";

    /// <summary>Name of the instrument: how long probes took, and by that how many there were, by cluster and outcome.</summary>
    public const string DurationName = "net2.health.probe.duration";

    /// <summary>Name of the instrument: destinations by cluster and what probes say of them.</summary>
    public const string DestinationsName = "net2.health.destinations";

    private static readonly string[] Outcomes = ["failed", "passed", "draining"];
    private static readonly string[] States = ["unknown", "healthy", "unhealthy", "draining"];

    private readonly Lock _lock = new();
    private readonly List<HealthMonitor> _monitors = [];
    private readonly Histogram<double> _duration;

    public ProbeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _duration = meter.CreateHistogram<double>(DurationName, "s", "Duration of probes of destinations, by what they found.");
        meter.CreateObservableUpDownCounter(DestinationsName, ReadDestinations, "{destination}", "Destinations of a cluster by what their probes say.");
    }

    /// <summary>Counts a probe.</summary>
    public void Record(string clusterId, ProbeOutcome outcome, TimeSpan elapsed)
    {
        if (_duration.Enabled) _duration.Record(elapsed.TotalSeconds, new("net2.cluster.id", clusterId), new("net2.health.probe.outcome", Outcomes[(int)outcome]));
    }

    /// <summary>Observes the destinations of a monitor.</summary>
    public void Add(HealthMonitor monitor)
    {
        lock (_lock) _monitors.Add(monitor);
    }

    /// <summary>Observes them no longer.</summary>
    public void Remove(HealthMonitor monitor)
    {
        lock (_lock) _monitors.Remove(monitor);
    }

    private List<Measurement<int>> ReadDestinations()
    {
        HealthMonitor[] monitors;
        lock (_lock) monitors = [.. _monitors];
        var measurements = new List<Measurement<int>>();
        Span<int> counts = stackalloc int[4];
        foreach (var monitor in monitors)
        {
            if (!monitor.IsProbing) continue;
            counts.Clear();
            foreach (var destination in monitor.Cluster.Snapshot.Destinations)
            {
                var status = destination.Status;
                counts[status.AsksToDrain ? 3 : (int)status.Active]++;
            }

            for (var i = 0; i < counts.Length; i++)
                measurements.Add(new(counts[i], new("net2.cluster.id", monitor.Cluster.Id), new("net2.health.state", States[i])));
        }

        return measurements;
    }
}
