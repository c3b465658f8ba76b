namespace Net2Secure.Routing.Balancing;

/// <summary>Leaves destinations out of a choice. Those left out are few: a linear look is the cheapest.</summary>
internal static class Exclusion
{
    /// <summary>Whether a destination is left out.</summary>
    public static bool Holds(this ReadOnlySpan<Destination> excluded, Destination destination)
    {
        foreach (var one in excluded)
        {
            if (ReferenceEquals(one, destination)) return true;
        }

        return false;
    }

    /// <summary>Draws by chance, in proportion to weight, from those not left out. A pass over all candidates, no allocation.</summary>
    public static Destination? DrawExcept(this RandomSource random, DestinationSet candidates, ReadOnlySpan<Destination> excluded) =>
        At(random.NextDouble(), candidates, excluded);

    /// <summary>The one of those not left out that has a point of the line on which they lie, each as long as its weight. A pass over all candidates, no allocation.</summary>
    /// <param name="fraction">The point, from 0 up to, but without, 1.</param>
    /// <param name="candidates">The candidates.</param>
    /// <param name="excluded">Those left out.</param>
    public static Destination? At(double fraction, DestinationSet candidates, ReadOnlySpan<Destination> excluded)
    {
        var destinations = candidates.Destinations;
        var weights = candidates.Weights;
        var total = 0.0;
        for (var i = 0; i < destinations.Length; i++)
        {
            if (!excluded.Holds(destinations[i])) total += weights[i];
        }

        if (total == 0) return null;
        var point = fraction * total;
        Destination? chosen = null;
        for (var i = 0; i < destinations.Length; i++)
        {
            if (excluded.Holds(destinations[i])) continue;
            chosen = destinations[i];
            point -= weights[i];
            if (point < 0) break;
        }

        return chosen;
    }
}
