using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Gives each cluster a monitor of its traffic.</summary>
internal sealed class OutlierMonitorFactory(PassiveHealthPolicyCatalog policies, RandomSource random, EjectionMetrics metrics, ILogger<OutlierMonitor> logger) : IClusterFeatureFactory
{
    /// <inheritdoc/>
    public IClusterFeature Create(Cluster cluster) => new OutlierMonitor(cluster, policies, random, metrics, logger);
}
