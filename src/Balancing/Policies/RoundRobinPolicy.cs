namespace Net2Secure.Routing.Balancing;

/// <summary>Each destination in its turn.</summary>
/// <remarks>
/// Why: no other policy spreads equal requests more evenly, and it needs to know nothing about the destinations. It does not see that one is slower: then prefer
/// <see cref="LoadBalancingPolicyNames.PowerOfTwoChoices"/>.
/// Cost: one shared atomic increment and one array read; no allocation. With weights the turns come from a prebuilt <see cref="SmoothWeightedSequence"/>,
/// or, where that would be too long, from a <see cref="StrideSchedule"/>.
/// The count of turns goes on when the set of destinations changes, so that a reload does not send everybody back to the first one.
/// </remarks>
internal sealed class RoundRobinPolicy : ITableBuildingPolicy, ISkippingPolicy
{
    private long _turn;
    private long _skippedTurn;

    /// <inheritdoc/>
    public object BuildTable(DestinationSet candidates) => candidates.HasEqualWeights
        ? candidates.Destinations.ToArray()
        : SmoothWeightedSequence.TryBuild(candidates) ?? (object)new StrideSchedule(candidates);

    /// <inheritdoc/>
    public Destination? Pick(in BalancingContext context)
    {
        var table = context.Table ?? BuildTable(context.Candidates);
        return table is Destination[] sequence
            ? sequence[(ulong)(Interlocked.Increment(ref _turn) - 1) % (ulong)sequence.Length]
            : ((StrideSchedule)table).Next(ref _turn);
    }

    /// <inheritdoc/>
    public Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded)
    {
        // Whoever is left out loses its turns to those that follow: so the others keep their order, and their shares. Where one has nearly all turns, they are not waited for.
        for (var tries = 0; tries < 2 * context.Candidates.Count; tries++)
        {
            if (Pick(context) is { } picked && !excluded.Holds(picked)) return picked;
        }

        return Exclusion.At(GoldenSequence.At((ulong)Interlocked.Increment(ref _skippedTurn)), context.Candidates, excluded);
    }
}
