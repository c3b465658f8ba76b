namespace Net2Secure.Routing.Balancing;

/// <summary>An ability of policies that need something costly computed for a set of candidates: a ring, a sequence, a lookup table.</summary>
/// <remarks>
/// The table is built before the set is published and travels with it: what belongs together cannot come apart. On the request path one is built only
/// for an attempt that leaves destinations out, which is a retry.
/// </remarks>
public interface ITableBuildingPolicy : ILoadBalancingPolicy
{
    /// <summary>Computes the table for a set of at least two destinations. Called from many threads at once, as is the result read.</summary>
    /// <returns>What <see cref="BalancingContext.Table"/> will hold when this set is offered.</returns>
    object BuildTable(DestinationSet candidates);
}
