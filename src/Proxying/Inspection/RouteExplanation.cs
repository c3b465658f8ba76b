namespace Net2Secure.Routing.Proxying;

/// <summary>Where a request would go.</summary>
/// <param name="RouteId">The route that would take it; <see langword="null"/> when none does.</param>
/// <param name="Cluster">The cluster that would answer; <see langword="null"/> when the route has none.</param>
public sealed record RouteExplanation(string? RouteId, ClusterDescription? Cluster)
{
    /// <summary>The part of <see cref="Cluster"/> that the request is for, whose destinations then have all of the shares; <see langword="null"/> when it is for the whole.</summary>
    public SubsetDescription? Subset { get; init; }

    /// <summary>The sides of the route's split, in the order of the configuration; empty when it has none. <see cref="Cluster"/> then is the side of the request, if it says whose it is, or else the one with the most users.</summary>
    public IReadOnlyList<SplitDescription> Split { get; init; } = [];
}
