namespace Net2Secure.Routing.Balancing;

/// <summary>An ability of policies that know a cheaper or fairer way than a new table when an attempt leaves destinations out that failed already.</summary>
/// <remarks>
/// Such an attempt comes between others and looks at other candidates than they do. A policy that takes turns would lose its rhythm to it, one with a costly table would
/// build it while somebody waits.
/// </remarks>
internal interface IRetryAwarePolicy : ILoadBalancingPolicy
{
    /// <summary>What <see cref="BalancingContext.Table"/> will hold for an attempt that may go to some of the candidates only.</summary>
    /// <param name="candidates">All candidates.</param>
    /// <param name="table">The table of all candidates.</param>
    /// <param name="left">Those that are left: at least two, in the same order.</param>
    object TableForRetry(DestinationSet candidates, object? table, DestinationSet left);
}
