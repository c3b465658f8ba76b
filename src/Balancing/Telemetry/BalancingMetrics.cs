using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Balancing;

/// <summary>What balancing measures. Nothing is counted for it: the live counters are read when somebody asks.</summary>
internal static class BalancingMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Net2Secure.Routing.Balancing";

    /// <summary>Name of the instrument: attempts in flight, per destination.</summary>
    public const string ActiveRequestsName = "net2.destination.active_requests";

    /// <summary>Name of the instrument: keys of clients that were of no use, per cluster and reason.</summary>
    public const string UnusableKeysName = "net2.affinity.unusable_keys";

    /// <summary>Name of the instrument: answers by another destination than the client's, per cluster.</summary>
    public const string MovesName = "net2.affinity.moves";

    /// <summary>Lets listeners observe the clusters of a registry for as long as the factory's meters live.</summary>
    public static void Observe(IMeterFactory meters, IClusterRegistry registry)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter(ActiveRequestsName, () => ReadActiveRequests(registry), "{request}", "Attempts in flight at a destination of a cluster.");
        meter.CreateObservableCounter(UnusableKeysName, () => ReadUnusableKeys(registry), "{key}", "Affinity keys of clients that were no keys, or of no destination that is known.");
        meter.CreateObservableCounter(MovesName, () => ReadMoves(registry), "{request}", "Answers by another destination than the one that the client was kept on.");
    }

    private static List<Measurement<long>> ReadUnusableKeys(IClusterRegistry registry)
    {
        var measurements = new List<Measurement<long>>();
        foreach (var cluster in registry.Clusters)
        {
            if (cluster.Snapshot.Affinity is null || cluster.Feature<AffinityStatistics>() is not { } statistics) continue;
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
            if (cluster.Snapshot.Affinity is null || cluster.Feature<AffinityStatistics>() is not { } statistics) continue;
            measurements.Add(new(statistics.Moved, new KeyValuePair<string, object?>("net2.cluster.id", cluster.Id)));
        }

        return measurements;
    }

    private static List<Measurement<int>> ReadActiveRequests(IClusterRegistry registry)
    {
        var measurements = new List<Measurement<int>>();
        foreach (var cluster in registry.Clusters)
        {
            foreach (var destination in cluster.Snapshot.Destinations)
            {
                measurements.Add(new(
                    destination.ConcurrentRequests,
                    new("net2.cluster.id", cluster.Id),
                    new("net2.destination.id", destination.Id),
                    new("server.address", destination.Address.IdnHost),
                    new("server.port", destination.Address.Port)));
            }
        }

        return measurements;
    }
}
