using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Gives each cluster its circuit breaker.</summary>
internal sealed class CircuitBreakerFactory(RandomSource random, ResilienceMetrics metrics, ILogger<CircuitBreaker> logger) : IClusterFeatureFactory
{
    public IClusterFeature Create(Cluster cluster) => new CircuitBreaker(cluster, random, metrics, logger);
}
