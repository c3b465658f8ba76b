using System.Diagnostics.Metrics;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>The health of destinations as metrics. Nothing is counted for it: the live state is read when somebody asks.</summary>
internal static class HealthStateMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Net2Secure.Routing.Health";

    /// <summary>Name of the instrument: destinations by state.</summary>
    public const string StatesName = "net2.health.destination.states";

    /// <summary>Name of the instrument: whether a cluster is in panic.</summary>
    public const string PanicName = "net2.health.panic";

    /// <summary>Name of the instrument: share of the effective weight.</summary>
    public const string ShareName = "net2.health.destination.share";

    private static readonly string[] States = ["healthy", "unknown", "unhealthy", "ejected", "draining", "forced_out"];

    /// <summary>Lets listeners observe the clusters of a registry for as long as the factory's meters live.</summary>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="registry">The registry; asked for when somebody reads, as it is made after this.</param>
    public static void Observe(IMeterFactory meters, Func<IClusterRegistry> registry)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter(StatesName, () => CountStates(registry()), "{destination}", "Destinations of a cluster by state.");
        meter.CreateObservableGauge(PanicName, () => ReadPanic(registry()), "1", "1 while so few destinations of a cluster can be used that all are, 0 otherwise.");
        meter.CreateObservableGauge(ShareName, () => ReadShares(registry()), "1", "Effective weight of a destination as a share of its cluster's.");
    }

    /// <summary>The one word for the state of a destination.</summary>
    public static string StateOf(DestinationStatus status) => status switch
    {
        { Override: DestinationOverride.Unhealthy } => "forced_out",
        { IsDraining: true } => "draining",
        { Override: DestinationOverride.Healthy } => "healthy",
        { Passive: DestinationHealth.Unhealthy } => "ejected",
        { Health: DestinationHealth.Unhealthy } => "unhealthy",
        { Health: DestinationHealth.Healthy } => "healthy",
        _ => "unknown",
    };

    private static List<Measurement<int>> CountStates(IClusterRegistry registry)
    {
        var measurements = new List<Measurement<int>>();
        foreach (var cluster in registry.Clusters)
        {
            var destinations = cluster.Snapshot.Destinations;
            foreach (var state in States)
                measurements.Add(new(destinations.Count(d => StateOf(d.Status) == state), new("net2.cluster.id", cluster.Id), new("net2.health.state", state)));
        }

        return measurements;
    }

    private static List<Measurement<int>> ReadPanic(IClusterRegistry registry) =>
        [.. registry.Clusters.Select(c => new Measurement<int>(c.Snapshot.IsPanic ? 1 : 0, new KeyValuePair<string, object?>("net2.cluster.id", c.Id)))];

    private static List<Measurement<double>> ReadShares(IClusterRegistry registry)
    {
        var measurements = new List<Measurement<double>>();
        foreach (var cluster in registry.Clusters)
        {
            var snapshot = cluster.Snapshot;
            foreach (var destination in snapshot.Destinations)
            {
                var place = snapshot.Candidates.Destinations.IndexOf(destination);
                var share = place < 0 ? 0 : snapshot.Candidates.Weights[place] / snapshot.Candidates.TotalWeight;
                measurements.Add(new(share, new("net2.cluster.id", cluster.Id), new("net2.destination.id", destination.Id)));
            }
        }

        return measurements;
    }
}
