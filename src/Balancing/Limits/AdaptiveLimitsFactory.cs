namespace Net2Secure.Routing.Balancing;

/// <summary>Gives each cluster what finds limits; it is silent where they are not to be found.</summary>
internal sealed class AdaptiveLimitsFactory : IClusterFeatureFactory
{
    /// <inheritdoc/>
    public IClusterFeature Create(Cluster cluster) => new AdaptiveLimits(cluster);
}
