using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Balancing;

/// <summary>What is measured of session affinity. The counts are read when somebody asks.</summary>
internal static class AffinityMetrics
{
    /// <summary>Name of the instrument: keys of clients that were of no use, per cluster and reason.</summary>
    public const string UnusableKeysName = "net2.affinity.unusable_keys";

    /// <summary>Name of the instrument: answers by another destination than the client's, per cluster.</summary>
    public const string MovesName = "net2.affinity.moves";

    /// <summary>Lets listeners observe the clusters of a registry for as long as the factory's meters live.</summary>
    public static void Observe(IMeterFactory meters, IClusterRegistry registry)
    {
        var meter = meters.Create(BalancingMetrics.MeterName);
        meter.CreateObservableCounter(UnusableKeysName, () => ReadUnusableKeys(registry), "{key}", "Affinity keys of clients that were no keys, or of no destination that is known.");
        meter.CreateObservableCounter(MovesName, () => ReadMoves(registry), "{request}", "Answers by another destination than the one that the client was kept on.");
    }

    private static List<Measurement<long>> ReadUnusableKeys(IClusterRegistry registry)
    {
        var measurements = new List<Measurement<long>>();
        foreach (var cluster in registry.Clusters)
        {
            if (cluster.Snapshot.Affinity is null || cluster.Affinity is not { } statistics) continue;
            measurements.Add(new(statistics.Invalid, new("net2.cluster.id", cluster.Id), new("net2.affinity.reason", "invalid")));
            measurements.Add(new(statistics.Unknown, new("net2.cluster.id", cluster.Id), new("net2.affinity.reason", "unknown")));
        }

        return measurements;
    }

    private static List<Measurement<long>> ReadMoves(IClusterRegistry registry)
    {
        var measurements = new List<Measurement<long>>();
        foreach (var cluster in registry.Clusters)
        {
            if (cluster.Snapshot.Affinity is null || cluster.Affinity is not { } statistics) continue;
            measurements.Add(new(statistics.Moved, new KeyValuePair<string, object?>("net2.cluster.id", cluster.Id)));
        }

        return measurements;
    }
}
