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
    private long _turn;
    private long _retryTurn;

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
            : TieAt(destinations, weights, best, bestInFlight, GoldenSequence.At(turn) * tiedWeight);
    }

    /// <inheritdoc/>
    public Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded)
    {
        var destinations = context.Candidates.Destinations;
        var weights = context.Candidates.Weights;
        var (best, bestInFlight, tiedWeight) = (-1, 0, 0.0);
        for (var i = 0; i < destinations.Length; i++)
        {
            if (excluded.Holds(destinations[i])) continue;
            var inFlight = destinations[i].ConcurrentRequests;
            var order = best < 0 ? -1 : RelativeLoad.Compare(inFlight, weights[i], bestInFlight, weights[best]);
            if (order < 0) (best, bestInFlight, tiedWeight) = (i, inFlight, weights[i]);
            else if (order == 0) tiedWeight += weights[i];
        }

        if (best < 0) return null;

        // Turns of their own: a retry comes whenever a certain destination's turn has been, and would else fall on the same other one each time, or take a turn from it.
        var point = GoldenSequence.At((ulong)Interlocked.Increment(ref _retryTurn)) * tiedWeight;
        var chosen = destinations[best];
        for (var i = best; i < destinations.Length; i++)
        {
            if (excluded.Holds(destinations[i]) || RelativeLoad.Compare(destinations[i].ConcurrentRequests, weights[i], bestInFlight, weights[best]) != 0) continue;
            chosen = destinations[i];
            point -= weights[i];
            if (point < 0) break;
        }

        return chosen;
    }

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
