using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>What serves and what would, side by side, before either is asked anything.</summary>
/// <param name="Errors">Why the candidate would be refused.</param>
/// <param name="Notices">What of it is valid but has no effect.</param>
/// <param name="Findings">What of it is valid and unsafe.</param>
/// <param name="Settings">The settings that it would replace; <see langword="null"/>: none.</param>
/// <param name="Routes">The routes that serve.</param>
/// <param name="Clusters">Their clusters, as sketches.</param>
/// <param name="NewRoutes">The routes that would serve.</param>
/// <param name="NewClusters">Their clusters, as sketches; none where there are errors.</param>
internal sealed record Rehearsal(
    IReadOnlyList<ConfigError> Errors, IReadOnlyList<ConfigError> Notices, IReadOnlyList<ConfigError> Findings, SettingsNode? Settings,
    IReadOnlyList<RouteOptions> Routes, IReadOnlyList<Cluster> Clusters, IReadOnlyList<RouteOptions> NewRoutes, IReadOnlyList<Cluster> NewClusters);
