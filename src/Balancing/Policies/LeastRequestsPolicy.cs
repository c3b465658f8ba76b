namespace Net2Secure.Routing.Balancing;

/// <summary>The destination with the fewest attempts in flight per weight; those that tie take turns in proportion to weight.</summary>
/// <remarks>
/// Why: it follows uneven requests and uneven servers most closely, as long as this process sends most of their traffic. Many proxies that all prefer the same idle
/// server fall upon it together; then, or with hundreds of destinations, prefer <see cref="LoadBalancingPolicyNames.PowerOfTwoChoices"/>.
/// Taking turns matters: without it an idle cluster would send everything to its first server.
/// Cost: one counter read per destination, a second pass where there are ties, one shared atomic increment; no allocation.
/// Source: the classic least-connections rule; turns in unequal ties come from the golden-ratio sequence, whose members lie evenly at any length (Weyl, 1916).
/// </remarks>
internal sealed class LeastRequestsPolicy : ISkippingPolicy
{
    /// <summary>The fraction of the golden ratio in units of 2^-64.</summary>
    private const ulong GoldenStep = 0x9E37_79B9_7F4A_7C15;

    private long _turn;

    /// <inheritdoc/>
    public Destination? Pick(in BalancingContext context)
    {
        var candidates = context.Candidates;
        var destinations = candidates.Destinations;
        var weights = candidates.Weights;
        var (best, bestInFlight, ties, tiedWeight) = (0, destinations[0].ConcurrentRequests, 1, weights[0]);
        for (var i = 1; i < destinations.Length; i++)
        {
            var inFlight = destinations[i].ConcurrentRequests;
            var order = RelativeLoad.Compare(inFlight, weights[i], bestInFlight, weights[best]);
            if (order > 0) continue;
            if (order < 0) (best, bestInFlight, ties, tiedWeight) = (i, inFlight, 1, weights[i]);
            else (ties, tiedWeight) = (ties + 1, tiedWeight + weights[i]);
        }

        if (ties == 1) return destinations[best];
        var turn = (ulong)(Interlocked.Increment(ref _turn) - 1);
        return candidates.HasEqualWeights
            ? NthOfTies(destinations, best, bestInFlight, (int)(turn % (ulong)ties))
            : TieAt(destinations, weights, best, bestInFlight, Fraction(turn) * tiedWeight);
    }

    /// <inheritdoc/>
    public Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded)
    {
        var destinations = context.Candidates.Destinations;
        var weights = context.Candidates.Weights;
        var start = (int)((ulong)Interlocked.Increment(ref _turn) % (ulong)destinations.Length);
        var (best, bestInFlight) = (-1, 0);
        for (var i = 0; i < destinations.Length; i++)
        {
            // Begun at another place each time, so that ties take turns here as well.
            var at = (start + i) % destinations.Length;
            if (excluded.Holds(destinations[at])) continue;
            var inFlight = destinations[at].ConcurrentRequests;
            if (best < 0 || RelativeLoad.Compare(inFlight, weights[at], bestInFlight, weights[best]) < 0) (best, bestInFlight) = (at, inFlight);
        }

        return best < 0 ? null : destinations[best];
    }

    private static double Fraction(ulong turn) => (turn * GoldenStep >> 11) * (1.0 / (1UL << 53));

    // Counters move while we look. Whoever has left the tie meanwhile is passed over, and if too few are left, the last one seen will do.
    private static Destination NthOfTies(ReadOnlySpan<Destination> destinations, int best, int inFlight, int skip)
    {
        var chosen = destinations[best];
        for (var i = best; i < destinations.Length; i++)
        {
            if (destinations[i].ConcurrentRequests != inFlight) continue;
            chosen = destinations[i];
            if (skip-- == 0) break;
        }

        return chosen;
    }

    private static Destination TieAt(ReadOnlySpan<Destination> destinations, ReadOnlySpan<double> weights, int best, int bestInFlight, double point)
    {
        var chosen = destinations[best];
        for (var i = best; i < destinations.Length; i++)
        {
            if (RelativeLoad.Compare(destinations[i].ConcurrentRequests, weights[i], bestInFlight, weights[best]) != 0) continue;
            chosen = destinations[i];
            point -= weights[i];
            if (point < 0) break;
        }

        return chosen;
    }
}
