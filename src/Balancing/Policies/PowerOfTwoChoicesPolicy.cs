namespace Net2Secure.Routing.Balancing;

/// <summary>The less busy of two different destinations drawn by weight; when equally busy, the first drawn.</summary>
/// <remarks>
/// Why: one comparison takes nearly all of the unevenness out of a random choice (the fullest of n servers falls from about log n ÷ log log n to log log n), and
/// because nobody looks at all servers, many proxies do not fall upon the same idle one together. The default for these reasons.
/// Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing" (2001). Busy means attempts in flight divided by weight.
/// Cost: two random numbers, two counter reads, with weights two binary searches; independent of size otherwise; no shared writes, no allocation.
/// </remarks>
internal sealed class PowerOfTwoChoicesPolicy(RandomSource random) : ITableBuildingPolicy, ISkippingPolicy
{
    /// <inheritdoc/>
    public object BuildTable(DestinationSet candidates) => new WeightedDraw(candidates);

    /// <inheritdoc/>
    public Destination? Pick(in BalancingContext context) =>
        Pick(context.Candidates, (WeightedDraw)(context.Table ?? BuildTable(context.Candidates)), random);

    /// <summary>Draws two and takes the less busy one.</summary>
    internal static Destination Pick(DestinationSet candidates, WeightedDraw draw, RandomSource random)
    {
        var first = draw.Draw(random);
        var second = draw.DrawAnother(random, first);
        var (one, other) = (candidates[first], candidates[second]);
        var weights = candidates.Weights;
        return RelativeLoad.Compare(other.ConcurrentRequests, weights[second], one.ConcurrentRequests, weights[first]) < 0 ? other : one;
    }

    /// <inheritdoc/>
    public Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded) => PickExcept(context.Candidates, random, excluded);

    /// <summary>Draws two of those not left out and takes the less busy one; both may be the same.</summary>
    internal static Destination? PickExcept(DestinationSet candidates, RandomSource random, ReadOnlySpan<Destination> excluded)
    {
        if (random.DrawExcept(candidates, excluded) is not { } one || random.DrawExcept(candidates, excluded) is not { } other) return null;
        var weights = candidates.Weights;
        var (first, second) = (candidates.Destinations.IndexOf(one), candidates.Destinations.IndexOf(other));
        return RelativeLoad.Compare(other.ConcurrentRequests, weights[second], one.ConcurrentRequests, weights[first]) < 0 ? other : one;
    }
}
