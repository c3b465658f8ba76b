namespace Net2Secure.Routing.Balancing;

/// <summary>A policy that the user has given a name.</summary>
internal sealed record LoadBalancingPolicyRegistration(string Name, Func<IServiceProvider, ILoadBalancingPolicy> Create);
