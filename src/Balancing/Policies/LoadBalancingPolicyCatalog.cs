using System.Collections.Frozen;

namespace Net2Secure.Routing.Balancing;

/// <summary>All load balancing policies by name: the built-in ones and the user's. Names are compared without regard to case; a later registration replaces an earlier.</summary>
internal sealed class LoadBalancingPolicyCatalog
{
    private readonly IServiceProvider _services;
    private readonly FrozenDictionary<string, Func<IServiceProvider, ClusterOptions, ILoadBalancingPolicy>> _factories;

    public LoadBalancingPolicyCatalog(IServiceProvider services, RandomSource random, IEnumerable<LoadBalancingPolicyRegistration> registrations, TimeProvider? time = null)
    {
        _services = services;
        var factories = new Dictionary<string, Func<IServiceProvider, ClusterOptions, ILoadBalancingPolicy>>(StringComparer.OrdinalIgnoreCase)
        {
            [LoadBalancingPolicyNames.RoundRobin] = (_, _) => new RoundRobinPolicy(),
            [LoadBalancingPolicyNames.Random] = (_, _) => new RandomPolicy(random),
            [LoadBalancingPolicyNames.LeastRequests] = (_, _) => new LeastRequestsPolicy(),
            [LoadBalancingPolicyNames.PowerOfTwoChoices] = (_, _) => new PowerOfTwoChoicesPolicy(random),
            [LoadBalancingPolicyNames.PeakEwma] = (_, cluster) => new PeakEwmaPolicy(PeakEwmaRules.DecayOf(cluster), random, time ?? TimeProvider.System),
            [LoadBalancingPolicyNames.FirstAlphabetical] = (_, _) => new FirstAlphabeticalPolicy(),
            [LoadBalancingPolicyNames.First] = (_, _) => new FirstPolicy(),
            [LoadBalancingPolicyNames.RingHash] = (_, cluster) => new RingHashPolicy(HashingSettings.From(cluster), random),
            [LoadBalancingPolicyNames.Maglev] = (_, cluster) => new MaglevPolicy(HashingSettings.From(cluster), random),
            [LoadBalancingPolicyNames.Rendezvous] = (_, cluster) => new RendezvousPolicy(HashingSettings.From(cluster), random),
        };
        foreach (var registration in registrations) factories[registration.Name] = (s, _) => registration.Create(s);
        _factories = factories.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Names = [.. factories.Keys.Order(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>All known names, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The name of the policy that a cluster asks for, or of the default.</summary>
    public static string NameOf(ClusterOptions options) =>
        string.IsNullOrEmpty(options.LoadBalancingPolicy) ? LoadBalancingPolicyNames.PowerOfTwoChoices : options.LoadBalancingPolicy;

    /// <summary>Makes the policy of one cluster.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cluster">The validated settings of the cluster.</param>
    /// <exception cref="ArgumentException">The name is unknown; the message lists those that are known.</exception>
    public ILoadBalancingPolicy Create(string name, ClusterOptions cluster)
    {
        if (!_factories.TryGetValue(name, out var create))
            throw new ArgumentException($"'{name}' is no known load balancing policy. Known are {string.Join(", ", Names)}.", nameof(name));
        return create(_services, cluster) ?? throw new InvalidOperationException($"The factory of load balancing policy '{name}' returned null.");
    }
}
