namespace Net2Secure.Routing.Balancing;

/// <summary>An ability of policies that need something costly computed for a set of candidates: a ring, a sequence, a lookup table.</summary>
/// <remarks>The table is built before the set is published, never on the request path, and travels with it: what belongs together cannot come apart.</remarks>
public interface ITableBuildingPolicy : ILoadBalancingPolicy
{
    /// <summary>Computes the table for a set. Called from one thread at a time; the result is read from many.</summary>
    /// <returns>What <see cref="BalancingContext.Table"/> will hold when this set is offered.</returns>
    object BuildTable(DestinationSet candidates);
}
