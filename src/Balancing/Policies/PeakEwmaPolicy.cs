namespace Net2Secure.Routing.Balancing;

/// <summary>Of two destinations drawn by weight, the one that would answer sooner by its latency and what it has in flight.</summary>
/// <remarks>
/// Why: counting requests in flight sees that a server is slow only once they have piled up there; this sees it with the first slow answer, and keeps away from it until it has been quiet for a while. For
/// servers that differ in speed: in other zones, on other machines, with other neighbours, in a pause for collecting garbage. Where latency says more of the request than of the server, prefer
/// <see cref="LoadBalancingPolicyNames.PowerOfTwoChoices"/>.
/// Cost of a destination: <see cref="PeakLatency"/> × (1 + in flight × mean weight ÷ weight). One without a measurement is taken when it has nothing in flight, to be measured, and passed over while
/// it has; of two such ones the less busy is taken. Latency is the time to the head of the answer. A failure, 5xx included, counts as <see cref="FailureSeconds"/> at least: who fails at once must not
/// look fast. A caller that gives up tells how long it waited at least.
/// Cost of a pick: two random numbers, two counters, a look at the clock and two exponentials; no shared writes, no allocation. A short lock per destination and answer.
/// Source: "peak EWMA" of Twitter's Finagle (2015), used by Linkerd. Its load is latency × (in flight + 1); weights are ours, and are put so that idle destinations of equal latency share by weight.
/// </remarks>
internal sealed class PeakEwmaPolicy(TimeSpan decay, RandomSource random, TimeProvider time) : ITableBuildingPolicy, ISkippingPolicy, IConfiguredPolicy, IAttemptObserver
{
    /// <summary>The least that a failed attempt counts for.</summary>
    private const double FailureSeconds = 1;

    /// <inheritdoc/>
    public bool Fits(ClusterOptions cluster) => PeakEwmaRules.DecayOf(cluster) == decay;

    /// <inheritdoc/>
    public object BuildTable(DestinationSet candidates) => new WeightedDraw(candidates);

    /// <inheritdoc/>
    public Destination? Pick(in BalancingContext context)
    {
        var candidates = context.Candidates;
        var draw = (WeightedDraw)(context.Table ?? BuildTable(candidates));
        var first = draw.Draw(random);
        return Better(candidates, first, draw.DrawAnother(random, first));
    }

    /// <inheritdoc/>
    public Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded)
    {
        var candidates = context.Candidates;
        if (random.DrawExcept(candidates, excluded) is not { } one || random.DrawExcept(candidates, excluded) is not { } other) return null;
        return Better(candidates, candidates.Destinations.IndexOf(one), candidates.Destinations.IndexOf(other));
    }

    /// <inheritdoc/>
    public void OnStarted(Destination destination, HttpRequestMessage request)
    {
        // What is in flight is counted anyway.
    }

    /// <inheritdoc/>
    public void OnEnded(in AttemptOutcome outcome)
    {
        var seconds = outcome.Elapsed.TotalSeconds;
        if (outcome.Failure is not { } failure)
        {
            var failed = (int)outcome.Response!.StatusCode >= 500;
            outcome.Destination.Latency.Measure(failed ? Math.Max(seconds, FailureSeconds) : seconds, decay, time);
        }
        else
        {
            // Once an answer has begun, the time since the pick says how long it is and not how long it took to come.
            var hasBegun = failure.Sent == SentState.AnswerBegun;
            if (failure.Side == FailureSide.Destination) outcome.Destination.Latency.Measure(hasBegun ? FailureSeconds : Math.Max(seconds, FailureSeconds), decay, time);
            else if (failure.Side == FailureSide.Client && !hasBegun) outcome.Destination.Latency.Measure(seconds, decay, time, isMinimum: true);
        }
    }

    private Destination Better(DestinationSet candidates, int first, int second)
    {
        var (one, other) = (candidates[first], candidates[second]);
        var (knowsOne, knowsOther) = (one.Latency.IsKnown, other.Latency.IsKnown);
        var (inFlight, otherInFlight) = (one.ConcurrentRequests, other.ConcurrentRequests);
        var weights = candidates.Weights;
        if (!knowsOne && !knowsOther) return RelativeLoad.Compare(otherInFlight, weights[second], inFlight, weights[first]) < 0 ? other : one;
        if (!knowsOne) return inFlight == 0 ? one : other;
        if (!knowsOther) return otherInFlight == 0 ? other : one;
        var now = time.GetTimestamp();
        var mean = candidates.TotalWeight / candidates.Count;
        var cost = one.Latency.Read(now, decay, time) * (1 + (inFlight * mean / weights[first]));
        var otherCost = other.Latency.Read(now, decay, time) * (1 + (otherInFlight * mean / weights[second]));
        return otherCost < cost ? other : one;
    }
}
