using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Gives each cluster its limiter, whether or not it has limits now: a reload may bring them.</summary>
internal sealed class RequestLimiterFactory(LimitsMetrics metrics, ILogger<RequestLimiter> logger) : IClusterFeatureFactory
{
    /// <inheritdoc/>
    public IClusterFeature Create(Cluster cluster) => new RequestLimiter(cluster, metrics, logger);
}
