namespace Net2Secure.Routing.Balancing;

/// <summary>An ability of policies that can pass over destinations without a smaller set, and its table, being made for one attempt.</summary>
internal interface ISkippingPolicy : ILoadBalancingPolicy
{
    /// <summary>Chooses one of the candidates that is not among those to leave out. Allocates nothing.</summary>
    /// <param name="context">As for <see cref="ILoadBalancingPolicy.Pick"/>.</param>
    /// <param name="excluded">Those to leave out, at least one; it may hold others than candidates.</param>
    /// <returns>The choice, or <see langword="null"/> when all candidates are left out.</returns>
    Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded);
}
