namespace Net2Secure.Routing.Balancing;

/// <summary>The first destination in alphabetical order of names, without regard to case and culture.</summary>
/// <remarks>
/// Why: all traffic on one server for as long as it can be used, the next one in its place when not: a main server with stand-ins. Weight decides only whether a
/// destination takes part (above 0) or not. Spreads nothing. Cost: one read of what was found when the set was made.
/// </remarks>
internal sealed class FirstAlphabeticalPolicy : ITableBuildingPolicy, ISkippingPolicy
{
    /// <inheritdoc/>
    public object BuildTable(DestinationSet candidates)
    {
        var first = candidates[0];
        foreach (var destination in candidates.Destinations)
        {
            if (StringComparer.OrdinalIgnoreCase.Compare(destination.Id, first.Id) < 0) first = destination;
        }

        return first;
    }

    /// <inheritdoc/>
    public Destination? Pick(in BalancingContext context) => (Destination)(context.Table ?? BuildTable(context.Candidates));

    /// <inheritdoc/>
    public Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded)
    {
        Destination? first = null;
        foreach (var destination in context.Candidates.Destinations)
        {
            if (!excluded.Holds(destination) && (first is null || StringComparer.OrdinalIgnoreCase.Compare(destination.Id, first.Id) < 0)) first = destination;
        }

        return first;
    }
}
