using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Gives each cluster its circuit breaker.</summary>
internal sealed class CircuitBreakerFactory(RandomSource random, ResilienceMetrics metrics, IEnumerable<ICircuitListener> listeners, ILogger<CircuitBreaker> logger) : IClusterFeatureFactory
{
    private readonly ICircuitListener[] _listeners = [.. listeners];

    public IClusterFeature Create(Cluster cluster) => new CircuitBreaker(cluster, random, metrics, _listeners, logger);
}
