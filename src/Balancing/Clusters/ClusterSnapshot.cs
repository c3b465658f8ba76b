namespace Net2Secure.Routing.Balancing;

/// <summary>One validated, unchanging view of a cluster. A request reads it once and keeps it.</summary>
public sealed class ClusterSnapshot
{
    internal ClusterSnapshot(ClusterOptions options, Destination[] destinations, DestinationSet candidates, ILoadBalancingPolicy policy)
    {
        Options = options;
        Destinations = destinations;
        Candidates = candidates;
        Policy = policy;
        PolicyName = LoadBalancingPolicyCatalog.NameOf(options);
        Table = TableFor(candidates);
    }

    /// <summary>What the user asked for. Do not change.</summary>
    public ClusterOptions Options { get; }

    /// <summary>All destinations, in the order of the configuration.</summary>
    public IReadOnlyList<Destination> Destinations { get; }

    /// <summary>The destinations that may be picked, with their effective weights.</summary>
    public DestinationSet Candidates { get; }

    internal ILoadBalancingPolicy Policy { get; }

    /// <summary>The name that <see cref="Policy"/> was made by.</summary>
    internal string PolicyName { get; }

    internal object? Table { get; }

    /// <summary>Picks the destination of one attempt.</summary>
    /// <param name="request">The request to be sent.</param>
    /// <param name="excluded">Destinations not to pick, for example those that already failed; <see langword="null"/> for none.</param>
    /// <returns>The destination, or <see langword="null"/> when none can be used.</returns>
    internal Destination? Pick(HttpRequestMessage request, IReadOnlyCollection<Destination>? excluded = null)
    {
        var (candidates, table) = (Candidates, Table);
        if (excluded is { Count: > 0 })
        {
            candidates = Candidates.Without(excluded);
            if (!ReferenceEquals(candidates, Candidates)) table = TableFor(candidates);
        }

        return candidates.Count switch
        {
            0 => null,
            1 => candidates[0],
            _ => Policy.Pick(new BalancingContext(request, candidates, table)),
        };
    }

    /// <summary>A policy is asked only where there is something to choose; so is its table.</summary>
    private object? TableFor(DestinationSet candidates) => candidates.Count < 2 ? null : (Policy as ITableBuildingPolicy)?.BuildTable(candidates);
}
