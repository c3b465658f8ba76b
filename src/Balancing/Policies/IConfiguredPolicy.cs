namespace Net2Secure.Routing.Balancing;

/// <summary>An ability of policies that have settings in their cluster.</summary>
internal interface IConfiguredPolicy : ILoadBalancingPolicy
{
    /// <summary>Whether it works by these settings already; if not, a new one takes its place.</summary>
    /// <param name="cluster">The validated settings of its cluster, after a reload.</param>
    bool Fits(ClusterOptions cluster);
}
