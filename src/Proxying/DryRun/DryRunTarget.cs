namespace Net2Secure.Routing.Proxying;

/// <summary>Who takes a request.</summary>
/// <param name="RouteId">The route; <see langword="null"/>: none, which answers 404.</param>
/// <param name="ClusterId">The cluster; <see langword="null"/>: none. Of a split, the side of the request if it says whose it is, or else the one with the most users.</param>
public sealed record DryRunTarget(string? RouteId, string? ClusterId)
{
    /// <summary>The sides of the route's split; empty when it has none.</summary>
    public IReadOnlyList<SplitDescription> Split { get; init; } = [];
}
