using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>The configuration that serves.</summary>
/// <param name="Routes">The routes, as they were written.</param>
/// <param name="Clusters">The clusters, as they were written.</param>
/// <param name="Live">The same, alive.</param>
/// <param name="Notices">What is valid but has no effect.</param>
internal sealed record AppliedConfiguration(
    IReadOnlyList<RouteOptions> Routes, IReadOnlyList<ProxyClusterOptions> Clusters, IReadOnlyList<Cluster> Live, IReadOnlyList<ConfigError> Notices)
{
    /// <summary>What is valid and unsafe.</summary>
    public IReadOnlyList<ConfigError> Findings { get; init; } = [];
}
