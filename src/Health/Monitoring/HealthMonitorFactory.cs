using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Gives each cluster a monitor.</summary>
internal sealed class HealthMonitorFactory(MonitoringServices services) : IClusterFeatureFactory
{
    /// <inheritdoc/>
    public IClusterFeature Create(Cluster cluster) => new HealthMonitor(cluster, services);
}
