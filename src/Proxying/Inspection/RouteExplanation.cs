namespace Net2Secure.Routing.Proxying;

/// <summary>Where a request would go.</summary>
/// <param name="RouteId">The route that would take it; <see langword="null"/> when none does.</param>
/// <param name="Cluster">The cluster that would answer; <see langword="null"/> when the route has none.</param>
public sealed record RouteExplanation(string? RouteId, ClusterDescription? Cluster);
