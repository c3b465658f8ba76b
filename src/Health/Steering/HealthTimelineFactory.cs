using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Gives each cluster a memory of its health.</summary>
internal sealed class HealthTimelineFactory(HealthChanges changes) : IClusterFeatureFactory
{
    /// <inheritdoc/>
    public IClusterFeature Create(Cluster cluster) => new HealthTimeline(cluster, changes);
}
