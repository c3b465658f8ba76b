using System.Collections.Frozen;

namespace Net2Secure.Routing.Balancing;

/// <summary>What one choice is made from: the destinations that have a share of the traffic, what the policy computed for them, and those to turn to when all of them are left out.</summary>
/// <remarks>Immutable but for the tables of reserves and the set of members, which are computed when they are first needed.</remarks>
internal sealed class ChoiceSet
{
    private readonly ILoadBalancingPolicy _policy;
    private readonly DestinationSet[] _reserves;
    private readonly object?[] _reserveTables;
    private readonly WeighedDestination[] _members;
    private FrozenSet<Destination>? _known;

    public ChoiceSet(ILoadBalancingPolicy policy, DestinationSet candidates, DestinationSet[] reserves, bool isPanic, WeighedDestination[]? members = null, object? table = null)
    {
        _policy = policy;
        _members = members ?? [];
        _reserves = reserves;
        _reserveTables = new object?[reserves.Length];
        Candidates = candidates;
        IsPanic = isPanic;
        Table = table ?? TableFor(candidates);
    }

    /// <summary>The destinations that may be picked, with their effective weights.</summary>
    public DestinationSet Candidates { get; }

    /// <summary>Whether there is nobody to choose.</summary>
    public bool IsEmpty => Candidates.Count == 0;

    /// <summary>What the policy built for <see cref="Candidates"/>.</summary>
    public object? Table { get; }

    /// <summary>Usable destinations without a share at the moment, those of the next tier first.</summary>
    public ReadOnlySpan<DestinationSet> Reserves => _reserves;

    /// <summary>Whether so few destinations are usable that their health is not looked at.</summary>
    public bool IsPanic { get; }

    /// <summary>Works out what a choice is made from.</summary>
    /// <param name="members">The destinations, with what is known of them now.</param>
    /// <param name="options">The settings of the cluster.</param>
    /// <param name="policy">Its policy.</param>
    /// <param name="before">What the choice was made from until now. What does not change is kept, so that the policy keeps what it computed.</param>
    public static ChoiceSet Create(WeighedDestination[] members, ClusterOptions options, ILoadBalancingPolicy policy, ChoiceSet? before)
    {
        var weights = EffectiveWeights.Of(members, options);
        var candidates = new DestinationSet(weights.Weights);
        var reserves = Array.ConvertAll(weights.Reserves, static r => new DestinationSet(r));
        if (before is null || !ReferenceEquals(before._policy, policy) || !candidates.SameAs(before.Candidates)) return new ChoiceSet(policy, candidates, reserves, weights.IsPanic, members);
        return weights.IsPanic == before.IsPanic && HasSame(reserves, before._reserves)
            ? before
            : new ChoiceSet(policy, before.Candidates, reserves, weights.IsPanic, members, before.Table);
    }

    /// <summary>Whether a destination is one of those that this is about, whatever its share.</summary>
    public bool Has(Destination destination)
    {
        // Two that come at once compute the same.
        var known = Volatile.Read(ref _known);
        if (known is null) Volatile.Write(ref _known, known = Array.ConvertAll(_members, static m => m.Destination).ToFrozenSet());
        return known.Contains(destination);
    }

    /// <summary>Whether somebody could be picked of whom something holds.</summary>
    public bool CouldPick<TState>(TState state, Func<TState, Destination, bool> holds)
    {
        if (HasAny(Candidates, state, holds)) return true;
        foreach (var reserve in _reserves)
        {
            if (HasAny(reserve, state, holds)) return true;
        }

        return false;
    }

    /// <summary>Picks the destination of one attempt.</summary>
    /// <param name="request">The request to be sent.</param>
    /// <param name="excluded">Destinations not to pick.</param>
    /// <returns>The destination, or <see langword="null"/> when none can be used.</returns>
    public Destination? Pick(HttpRequestMessage request, ReadOnlySpan<Destination> excluded)
    {
        var picked = excluded.IsEmpty ? PickFrom(Candidates, Table, request) : PickExcept(Candidates, Table, request, excluded);
        return picked is not null || excluded.IsEmpty || _reserves.Length == 0 ? picked : PickFromReserves(request, excluded);
    }

    private Destination? PickFromReserves(HttpRequestMessage request, ReadOnlySpan<Destination> excluded)
    {
        for (var i = 0; i < _reserves.Length; i++)
        {
            // Two that come at once compute the same.
            var table = Volatile.Read(ref _reserveTables[i]);
            if (table is null) Volatile.Write(ref _reserveTables[i], table = TableFor(_reserves[i]));
            if (PickExcept(_reserves[i], table, request, excluded) is { } picked) return picked;
        }

        return null;
    }

    private Destination? PickFrom(DestinationSet candidates, object? table, HttpRequestMessage request) => candidates.Count switch
    {
        0 => null,
        1 => candidates[0],
        _ => _policy.Pick(new BalancingContext(request, candidates, table)),
    };

    private Destination? PickExcept(DestinationSet candidates, object? table, HttpRequestMessage request, ReadOnlySpan<Destination> excluded)
    {
        if (candidates.Count > 1 && _policy is ISkippingPolicy skipping) return skipping.PickExcept(new BalancingContext(request, candidates, table), excluded);
        var left = candidates.Without(excluded);
        return PickFrom(left, ReferenceEquals(left, candidates) ? table : TableFor(left), request);
    }

    /// <summary>A policy is asked only where there is something to choose; so is its table.</summary>
    private object? TableFor(DestinationSet candidates) => candidates.Count < 2 ? null : (_policy as ITableBuildingPolicy)?.BuildTable(candidates);

    private static bool HasAny<TState>(DestinationSet set, TState state, Func<TState, Destination, bool> holds)
    {
        foreach (var destination in set.Destinations)
        {
            if (holds(state, destination)) return true;
        }

        return false;
    }

    private static bool HasSame(DestinationSet[] sets, DestinationSet[] others)
    {
        if (sets.Length != others.Length) return false;
        for (var i = 0; i < sets.Length; i++)
        {
            if (!sets[i].SameAs(others[i])) return false;
        }

        return true;
    }
}
