using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Balancing;

/// <summary>What balancing measures. Nothing is counted for it: the live counters are read when somebody asks.</summary>
internal static class BalancingMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Net2Secure.Routing.Balancing";

    /// <summary>Name of the instrument: attempts in flight, per destination.</summary>
    public const string ActiveRequestsName = "net2.destination.active_requests";

    /// <summary>Lets listeners observe the clusters of a registry for as long as the factory's meters live.</summary>
    public static void Observe(IMeterFactory meters, IClusterRegistry registry) => meters.Create(MeterName).CreateObservableUpDownCounter(
        ActiveRequestsName, () => ReadActiveRequests(registry), "{request}", "Attempts in flight at a destination of a cluster.");

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
