using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Probes the destinations of one cluster and says what they are like.</summary>
internal sealed class HealthMonitor(Cluster cluster) : IClusterFeature
{
    /// <summary>The cluster.</summary>
    public Cluster Cluster { get; } = cluster;

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
