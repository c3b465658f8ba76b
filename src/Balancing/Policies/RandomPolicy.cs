namespace Net2Secure.Routing.Balancing;

/// <summary>By chance, in proportion to weight.</summary>
/// <remarks>
/// Why: it shares nothing between threads or proxies, so many of them in front of the same servers never march in step. Over n requests a
/// destination's share strays by about the square root of n; where that is too much, prefer <see cref="LoadBalancingPolicyNames.RoundRobin"/>.
/// Cost: one random number, with weights a binary search as well; no shared writes, no allocation. Source: <see cref="WeightedDraw"/>.
/// </remarks>
internal sealed class RandomPolicy(RandomSource random) : ITableBuildingPolicy, ISkippingPolicy
{
    /// <inheritdoc/>
    public object BuildTable(DestinationSet candidates) => new WeightedDraw(candidates);

    /// <inheritdoc/>
    public Destination? Pick(in BalancingContext context)
    {
        var draw = (WeightedDraw)(context.Table ?? BuildTable(context.Candidates));
        return context.Candidates[draw.Draw(random)];
    }

    /// <inheritdoc/>
    public Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded) => random.DrawExcept(context.Candidates, excluded);
}
