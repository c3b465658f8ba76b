namespace Net2Secure.Routing.Balancing;

/// <summary>One validated, unchanging view of a cluster. A request reads it once and keeps it.</summary>
public sealed class ClusterSnapshot
{
    internal ClusterSnapshot(ClusterOptions options, Destination[] destinations, DestinationSet candidates, ILoadBalancingPolicy policy, bool isPanic = false, object? table = null)
    {
        Options = options;
        Destinations = destinations;
        Candidates = candidates;
        Policy = policy;
        PolicyName = LoadBalancingPolicyCatalog.NameOf(options);
        IsPanic = isPanic;
        Table = table ?? TableFor(candidates);
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

    /// <summary>Whether so few destinations are usable that all in service are used, whatever their health.</summary>
    public bool IsPanic { get; }

    /// <summary>How clients are kept on destinations; <see langword="null"/> when they are not.</summary>
    internal ClusterAffinity? Affinity { get; init; }

    /// <summary>What was found for the names in the addresses.</summary>
    internal DiscoveredNames Discovered { get; init; } = DiscoveredNames.None;

    /// <summary>Makes the view of a configuration out of the present statuses of its destinations.</summary>
    internal static ClusterSnapshot Create(
        ClusterOptions options, IReadOnlyList<KeyValuePair<Destination, DestinationOptions>> destinations, ILoadBalancingPolicy policy, ClusterAffinity? affinity = null,
        DiscoveredNames? discovered = null)
    {
        var weights = EffectiveWeights.Of([.. destinations.Select(d => new WeighedDestination(d.Key, d.Value, d.Key.Status))], options);
        return new ClusterSnapshot(options, [.. destinations.Select(d => d.Key)], new DestinationSet(weights.Weights), policy, weights.IsPanic) { Affinity = affinity, Discovered = discovered ?? DiscoveredNames.None };
    }

    /// <summary>The same view with the weights that the present statuses give. What does not change is kept, so that a policy keeps what it computed.</summary>
    internal ClusterSnapshot Reweighed()
    {
        var weights = EffectiveWeights.Of([.. Destinations.Select(d => new WeighedDestination(d, d.Options, d.Status))], Options);
        var candidates = new DestinationSet(weights.Weights);
        if (!candidates.SameAs(Candidates)) return new ClusterSnapshot(Options, (Destination[])Destinations, candidates, Policy, weights.IsPanic) { Affinity = Affinity, Discovered = Discovered };
        return weights.IsPanic == IsPanic ? this : new ClusterSnapshot(Options, (Destination[])Destinations, Candidates, Policy, weights.IsPanic, Table) { Affinity = Affinity, Discovered = Discovered };
    }

    /// <summary>Whether requests that are kept on a destination may still go there: it takes them while it is drained, and not when it is ordered out or unhealthy.</summary>
    internal bool Keeps(Destination destination)
    {
        var status = destination.Status;
        return Destinations.Contains(destination)
            && status.Override != DestinationOverride.Unhealthy
            && (IsPanic || EffectiveWeights.IsUsable(status, EffectiveWeights.RulesOf(Options)));
    }

    /// <summary>Picks the destination of one attempt.</summary>
    /// <param name="request">The request to be sent.</param>
    /// <param name="excluded">Destinations not to pick, for example those that already failed.</param>
    /// <returns>The destination, or <see langword="null"/> when none can be used.</returns>
    internal Destination? Pick(HttpRequestMessage request, ReadOnlySpan<Destination> excluded = default)
    {
        if (!excluded.IsEmpty) return PickExcept(request, excluded);
        return Candidates.Count switch
        {
            0 => null,
            1 => Candidates[0],
            _ => Policy.Pick(new BalancingContext(request, Candidates, Table)),
        };
    }

    private Destination? PickExcept(HttpRequestMessage request, ReadOnlySpan<Destination> excluded)
    {
        if (Candidates.Count > 1 && Policy is ISkippingPolicy skipping) return skipping.PickExcept(new BalancingContext(request, Candidates, Table), excluded);
        var candidates = Candidates.Without(excluded);
        if (ReferenceEquals(candidates, Candidates)) return Pick(request);
        return candidates.Count switch
        {
            0 => null,
            1 => candidates[0],
            _ => Policy.Pick(new BalancingContext(request, candidates, TableFor(candidates))),
        };
    }

    /// <summary>A policy is asked only where there is something to choose; so is its table.</summary>
    private object? TableFor(DestinationSet candidates) => candidates.Count < 2 ? null : (Policy as ITableBuildingPolicy)?.BuildTable(candidates);
}
