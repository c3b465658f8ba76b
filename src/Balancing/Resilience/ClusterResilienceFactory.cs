using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Gives each cluster its resilience.</summary>
internal sealed class ClusterResilienceFactory(
    RandomSource random, ResilienceMetrics metrics, IEnumerable<ResilienceStrategies> strategies, ILogger<ClusterResilience> logger) : IClusterFeatureFactory
{
    private readonly ResilienceStrategies[] _strategies = [.. strategies];

    public IClusterFeature Create(Cluster cluster) => new ClusterResilience(cluster, random, metrics, _strategies, logger);
}
