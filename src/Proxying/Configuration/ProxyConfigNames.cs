using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Proxying.ResponseCaching;

namespace Net2Secure.Routing.Proxying;

/// <summary>The names of policies, and the kinds of stores, that a configuration may use.</summary>
/// <param name="Cluster">Load balancing and affinity.</param>
/// <param name="Health">Health checks.</param>
internal sealed record ProxyConfigNames(ClusterPolicyNames Cluster, HealthPolicyNames Health)
{
    /// <summary>The names that come with the product.</summary>
    public static ProxyConfigNames BuiltIn { get; } = new(ClusterPolicyNames.BuiltIn, HealthPolicyNames.BuiltIn);

    /// <summary>The stores that may stand behind the one in memory, beside that on disk.</summary>
    public StoreKinds Stores { get; init; } = StoreKinds.None;

    /// <summary>The same with further load balancing policies.</summary>
    public ProxyConfigNames WithLoadBalancing(IEnumerable<string> names)
        => this with { Cluster = Cluster with { LoadBalancing = [.. Cluster.LoadBalancing.Union(names, StringComparer.OrdinalIgnoreCase)] } };

    /// <summary>The same with further sources of discovery.</summary>
    public ProxyConfigNames WithDiscovery(IEnumerable<string> names)
        => this with { Cluster = Cluster with { Discovery = [.. Cluster.Discovery.Union(names, StringComparer.OrdinalIgnoreCase)] } };

    /// <summary>The same with further ways of affinity.</summary>
    public ProxyConfigNames WithAffinity(IEnumerable<string> names)
        => this with { Cluster = Cluster with { Affinity = [.. Cluster.Affinity.Union(names, StringComparer.OrdinalIgnoreCase)] } };
}
