using System.Collections.Frozen;

namespace Net2Secure.Routing.Balancing;

/// <summary>One validated, unchanging view of a cluster. A request reads it once and keeps it.</summary>
public sealed class ClusterSnapshot
{
    private readonly Destination[] _destinations;
    private readonly FrozenSet<Destination> _known;
    private readonly IAvailabilityRules _rules;
    private readonly ChoiceSet _whole;
    private readonly SubsetTables _subsets;

    internal ClusterSnapshot(ClusterOptions options, Destination[] destinations, DestinationSet candidates, ILoadBalancingPolicy policy)
        : this(
            options, destinations, destinations.ToFrozenSet(), [.. destinations.Select(d => new WeighedDestination(d, d.Options, d.Status))], policy,
            new ChoiceSet(policy, candidates, [], isPanic: false), before: null)
    {
    }

    private ClusterSnapshot(
        ClusterOptions options, Destination[] destinations, FrozenSet<Destination> known, WeighedDestination[] weighed, ILoadBalancingPolicy policy, ChoiceSet whole, SubsetTables? before)
    {
        Options = options;
        _destinations = destinations;
        _known = known;
        _rules = EffectiveWeights.RulesOf(options);
        Policy = policy;
        PolicyName = LoadBalancingPolicyCatalog.NameOf(options);
        _whole = whole;
        _subsets = new SubsetTables(options, weighed, policy, whole, before);
    }

    /// <summary>What the user asked for. Do not change.</summary>
    public ClusterOptions Options { get; }

    /// <summary>All destinations, in the order of the configuration.</summary>
    public IReadOnlyList<Destination> Destinations => _destinations;

    /// <summary>The destinations that may be picked, with their effective weights.</summary>
    public DestinationSet Candidates => _whole.Candidates;

    internal ILoadBalancingPolicy Policy { get; }

    /// <summary>The name that <see cref="Policy"/> was made by.</summary>
    internal string PolicyName { get; }

    internal object? Table => _whole.Table;

    /// <summary>Whether so few destinations are usable, of the cluster or of a tier that has a share of its traffic, that all in service there are used, whatever their health.</summary>
    public bool IsPanic => _whole.IsPanic;

    /// <summary>How clients are kept on destinations; <see langword="null"/> when they are not.</summary>
    internal ClusterAffinity? Affinity { get; init; }

    /// <summary>What was found for the names in the addresses.</summary>
    internal DiscoveredNames Discovered { get; init; } = DiscoveredNames.None;

    /// <summary>Makes the view of a configuration out of the present statuses of its destinations.</summary>
    internal static ClusterSnapshot Create(
        ClusterOptions options, IReadOnlyList<KeyValuePair<Destination, DestinationOptions>> destinations, ILoadBalancingPolicy policy, ClusterAffinity? affinity = null,
        DiscoveredNames? discovered = null)
    {
        var weighed = new WeighedDestination[destinations.Count];
        for (var i = 0; i < weighed.Length; i++) weighed[i] = new(destinations[i].Key, destinations[i].Value, destinations[i].Key.Status);
        var all = Array.ConvertAll(weighed, static d => d.Destination);
        return new ClusterSnapshot(options, all, all.ToFrozenSet(), weighed, policy, ChoiceSet.Create(weighed, options, policy, before: null), before: null)
        {
            Affinity = affinity,
            Discovered = discovered ?? DiscoveredNames.None,
        };
    }

    /// <summary>The same view with the weights that the present statuses give. What does not change is kept, so that a policy keeps what it computed.</summary>
    internal ClusterSnapshot Reweighed()
    {
        var weighed = new WeighedDestination[_destinations.Length];
        for (var i = 0; i < weighed.Length; i++) weighed[i] = new(_destinations[i], _destinations[i].Options, _destinations[i].Status);
        return new ClusterSnapshot(Options, _destinations, _known, weighed, Policy, ChoiceSet.Create(weighed, Options, Policy, _whole), _subsets) { Affinity = Affinity, Discovered = Discovered };
    }

    /// <summary>Whether requests that are kept on a destination may still go there: it takes them while it is drained or without a share, and not when it is ordered out or unhealthy.</summary>
    internal bool Keeps(Destination destination)
    {
        var status = destination.Status;
        return _known.Contains(destination) && status.Override != DestinationOverride.Unhealthy && (IsPanic || EffectiveWeights.IsUsable(status, _rules));
    }

    /// <summary>Whether a request that is kept on a destination may still go there, the subset that it chooses included.</summary>
    internal bool Keeps(Destination destination, HttpRequestMessage request) =>
        Keeps(destination) && _subsets.Find(request) is { } choice && (ReferenceEquals(choice, _whole) || choice.Has(destination));

    /// <summary>Whether there is anybody of whom something holds, whatever the request: among those that have a share, and those in reserve.</summary>
    internal bool CouldPick<TState>(TState state, Func<TState, Destination, bool> holds) => _whole.CouldPick(state, holds);

    /// <summary>Whether a request could be sent to anybody of whom something holds: those that have a share, and those in reserve.</summary>
    /// <param name="request">The request: it may be for a part of the destinations only.</param>
    /// <param name="state">What the question needs, so that it can be static.</param>
    /// <param name="holds">The question.</param>
    internal bool CouldPick<TState>(HttpRequestMessage request, TState state, Func<TState, Destination, bool> holds) =>
        _subsets.Find(request) is { } choice && choice.CouldPick(state, holds);

    /// <summary>The part of the destinations that a request is for.</summary>
    /// <returns><see langword="null"/>: all of them, or there is no such part.</returns>
    internal ChoiceSet? PartFor(HttpRequestMessage request) => _subsets.Find(request) is { } choice && !ReferenceEquals(choice, _whole) ? choice : null;

    /// <inheritdoc cref="SubsetTables.Explain"/>
    internal ChoiceSet? Explain(HttpRequestMessage request, out string? chosenBy, out SubsetFallback? fallback) => _subsets.Explain(request, out chosenBy, out fallback);

    /// <summary>Picks the destination of one attempt.</summary>
    /// <param name="request">The request to be sent.</param>
    /// <param name="excluded">Destinations not to pick, for example those that already failed. Where all that have a share are left out, those without one are turned to: other zones, further tiers.</param>
    /// <returns>The destination, or <see langword="null"/> when none can be used.</returns>
    internal Destination? Pick(HttpRequestMessage request, ReadOnlySpan<Destination> excluded = default) => _subsets.Find(request)?.Pick(request, excluded);
}
