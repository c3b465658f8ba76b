namespace Net2Secure.Routing.Balancing;

/// <summary>What is known when the key of a request is read.</summary>
/// <param name="request">The request.</param>
/// <param name="options">The settings of the cluster's affinity.</param>
/// <param name="destinations">All destinations.</param>
/// <param name="candidates">Those that may be picked for a client that has no home yet.</param>
/// <param name="table">What <see cref="ITableBuildingAffinity.BuildTable"/> made of the destinations.</param>
public readonly struct AffinityContext(
    HttpRequestMessage request, SessionAffinityOptions options, IReadOnlyList<Destination> destinations, DestinationSet candidates, object? table)
{
    /// <summary>The request; a <see cref="RoutedRequestMessage"/> when it came to a proxy. A key that is meant for nobody else may be taken off such a one.</summary>
    public HttpRequestMessage Request { get; } = request;

    /// <summary>The settings of the cluster's affinity. Do not change.</summary>
    public SessionAffinityOptions Options { get; } = options;

    /// <summary>All destinations, those that take no new traffic included.</summary>
    public IReadOnlyList<Destination> Destinations { get; } = destinations;

    /// <summary>The destinations that a client without a home may be sent to, with their weights.</summary>
    public DestinationSet Candidates { get; } = candidates;

    /// <summary>What <see cref="ITableBuildingAffinity.BuildTable"/> made of <see cref="Destinations"/>; otherwise <see langword="null"/>.</summary>
    public object? Table { get; } = table;
}
