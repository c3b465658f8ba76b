using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Gives each cluster what copies its requests, and what takes copies; silent where there are none.</summary>
internal sealed class MirroringFactory(IServiceProvider services, RandomSource random, MirrorMetrics metrics, ILogger<Mirroring> logger) : IClusterFeatureFactory
{
    // Asked for when the first copy is sent: the registry is being made while this is.
    private readonly Lazy<IClusterRegistry> _registry = new(services.GetRequiredService<IClusterRegistry>);

    /// <inheritdoc/>
    public IClusterFeature Create(Cluster cluster) => new Mirroring(cluster, _registry, random, metrics, logger);
}
