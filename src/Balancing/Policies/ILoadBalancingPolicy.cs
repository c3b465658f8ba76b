namespace Net2Secure.Routing.Balancing;

/// <summary>Chooses the destination for one attempt.</summary>
/// <remarks>
/// One instance serves one cluster for as long as the cluster names the policy, and is called from many threads at once.
/// It runs on the request path: do not block, perform I/O, or allocate. It is not asked when there is nothing to choose (no candidate, or one).
/// An exception from it fails the request with 500 and is logged.
/// </remarks>
public interface ILoadBalancingPolicy
{
    /// <summary>Chooses one of the candidates.</summary>
    /// <returns>One of <see cref="BalancingContext.Candidates"/>, or <see langword="null"/> to refuse the attempt (503).</returns>
    Destination? Pick(in BalancingContext context);
}
