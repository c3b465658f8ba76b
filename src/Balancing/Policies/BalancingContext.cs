namespace Net2Secure.Routing.Balancing;

/// <summary>What a policy may look at when it picks.</summary>
/// <param name="request">The request to be sent.</param>
/// <param name="candidates">The destinations to choose from, at least two.</param>
/// <param name="table">What an <see cref="ITableBuildingPolicy"/> built for these candidates.</param>
public readonly struct BalancingContext(HttpRequestMessage request, DestinationSet candidates, object? table = null)
{
    /// <summary>The request to be sent. Read only.</summary>
    public HttpRequestMessage Request { get; } = request;

    /// <summary>The destinations to choose from: at least two, each with a weight above zero.</summary>
    public DestinationSet Candidates { get; } = candidates;

    /// <summary>What <see cref="ITableBuildingPolicy.BuildTable"/> returned for <see cref="Candidates"/>; <see langword="null"/> for other policies.</summary>
    public object? Table { get; } = table;
}
