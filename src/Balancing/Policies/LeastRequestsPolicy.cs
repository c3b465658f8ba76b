namespace Net2Secure.Routing.Balancing;

/// <summary>The destination with the fewest attempts in flight per weight; those that tie take turns in proportion to weight.</summary>
/// <remarks>
/// Why: it follows uneven requests and uneven servers most closely, as long as this process sends most of their traffic. Many proxies that all prefer the same idle
/// server fall upon it together; then, or with hundreds of destinations, prefer <see cref="LoadBalancingPolicyNames.PowerOfTwoChoices"/>.
/// Taking turns matters: without it an idle cluster would send everything to its first server. A destination that has something in flight and was not picked for a while, as others were several times
/// each, is stuck with what it has: it counts as having one more, so that a slow server does not win a tie when all are busy.
/// Cost: one counter read per destination, a second pass where there are ties, one or two shared atomic writes; no allocation.
/// Source: the classic least-connections rule; turns in unequal ties come from <see cref="GoldenSequence"/>.
/// </remarks>
internal sealed class LeastRequestsPolicy : ITableBuildingPolicy, ISkippingPolicy
{
    /// <summary>How many turns of everybody may pass before one that is busy and had none counts as stuck.</summary>
    private const int PatienceInTurns = 4;

    // One for the first retry, one for the second, and so on: which of them comes next depends on whom the one before has fallen on.
    private readonly long[] _retryTurns = new long[4];
    private long _turn;
    private int _next;

    /// <inheritdoc/>
    /// <remarks>For each destination the turn in which it was picked last.</remarks>
    public object BuildTable(DestinationSet candidates) => new long[candidates.Count];

    /// <inheritdoc/>
    public Destination? Pick(in BalancingContext context)
    {
        var loads = new Loads(context.Candidates, (long[])(context.Table ?? BuildTable(context.Candidates)), Interlocked.Increment(ref _turn));
        var (best, bestInFlight, ties, tiedWeight) = (0, loads.InFlight(0), 1, loads.Weights[0]);
        for (var i = 1; i < loads.Count; i++)
        {
            var inFlight = loads.InFlight(i);
            var order = RelativeLoad.Compare(inFlight, loads.Weights[i], bestInFlight, loads.Weights[best]);
            if (order > 0) continue;
            if (order < 0) (best, bestInFlight, ties, tiedWeight) = (i, inFlight, 1, loads.Weights[i]);
            else (ties, tiedWeight) = (ties + 1, tiedWeight + loads.Weights[i]);
        }

        if (ties == 1) return loads.Take(best);
        if (context.Candidates.HasEqualWeights) return loads.Take(NextOfTies(loads, best, bestInFlight));

        // When some are busy, who is hangs on the turns before: numbers that follow each other in a pattern would favour somebody.
        var turn = (ulong)loads.Turn;
        var fraction = GoldenSequence.At(ties == loads.Count ? turn : XxHash64.Mix(turn));
        return loads.Take(TieAt(loads, best, bestInFlight, fraction * tiedWeight, excluded: default));
    }

    /// <inheritdoc/>
    public Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded)
    {
        var loads = new Loads(context.Candidates, (long[])(context.Table ?? BuildTable(context.Candidates)), Volatile.Read(ref _turn));
        var (best, bestInFlight, tiedWeight) = (-1, 0, 0.0);
        for (var i = 0; i < loads.Count; i++)
        {
            if (excluded.Holds(context.Candidates[i])) continue;
            var inFlight = loads.InFlight(i);
            var order = best < 0 ? -1 : RelativeLoad.Compare(inFlight, loads.Weights[i], bestInFlight, loads.Weights[best]);
            if (order < 0) (best, bestInFlight, tiedWeight) = (i, inFlight, loads.Weights[i]);
            else if (order == 0) tiedWeight += loads.Weights[i];
        }

        if (best < 0) return null;

        // Turns of their own: a retry comes whenever a certain destination's turn has been, and would else fall on the same other one each time, or take a turn from it.
        ref var turns = ref _retryTurns[Math.Min(excluded.Length, _retryTurns.Length) - 1];
        return loads.Take(TieAt(loads, best, bestInFlight, GoldenSequence.At((ulong)Interlocked.Increment(ref turns)) * tiedWeight, excluded));
    }

    /// <summary>The next one from where the last tie was broken, so that each of those that are idle has its turn, whoever is busy between them.</summary>
    private int NextOfTies(in Loads loads, int best, int inFlight)
    {
        // Another thread that took the same turn meanwhile makes it look again; after a few of them it takes what it has.
        for (var tries = 0; ; tries++)
        {
            var start = Volatile.Read(ref _next);
            var at = start < loads.Count ? start : 0;

            // Counters move while we look. Whoever has left the tie is passed over; if all have, the one seen first will do.
            var left = loads.Count;
            for (; left > 0 && loads.InFlight(at) != inFlight; left--) at = at + 1 < loads.Count ? at + 1 : 0;
            if (left == 0) at = best;
            if (Interlocked.CompareExchange(ref _next, at + 1, start) == start || tries == 3) return at;
        }
    }

    private static int TieAt(in Loads loads, int best, int bestInFlight, double point, ReadOnlySpan<Destination> excluded)
    {
        var chosen = best;
        for (var i = best; i < loads.Count; i++)
        {
            if (RelativeLoad.Compare(loads.InFlight(i), loads.Weights[i], bestInFlight, loads.Weights[best]) != 0 || excluded.Holds(loads.Destinations[i])) continue;
            chosen = i;
            point -= loads.Weights[i];
            if (point < 0) break;
        }

        return chosen;
    }

    /// <summary>What the destinations have in flight, as it counts in one turn.</summary>
    private readonly ref struct Loads(DestinationSet set, long[] pickedIn, long turn)
    {
        public ReadOnlySpan<Destination> Destinations { get; } = set.Destinations;

        public ReadOnlySpan<double> Weights { get; } = set.Weights;

        public long Turn => turn;

        public int Count => Destinations.Length;

        public int InFlight(int index)
        {
            var inFlight = Destinations[index].ConcurrentRequests;
            return inFlight > 0 && turn - Volatile.Read(ref pickedIn[index]) > PatienceInTurns * Count ? inFlight + 1 : inFlight;
        }

        public Destination Take(int index)
        {
            Volatile.Write(ref pickedIn[index], turn);
            return Destinations[index];
        }
    }
}
