
namespace Net2Secure.Routing.Balancing;

/// <summary>The names that the settings of a cluster may use.</summary>
/// <param name="LoadBalancing">Load balancing policies, the built-in ones and those of the user.</param>
internal sealed record ClusterPolicyNames(IReadOnlyCollection<string> LoadBalancing)
{
    /// <summary>The names that come with the product.</summary>
    public static ClusterPolicyNames BuiltIn { get; } = new(
    [
        LoadBalancingPolicyNames.PowerOfTwoChoices,
        LoadBalancingPolicyNames.LeastRequests,
        LoadBalancingPolicyNames.RoundRobin,
        LoadBalancingPolicyNames.Random,
        LoadBalancingPolicyNames.PeakEwma,
        LoadBalancingPolicyNames.FirstAlphabetical,
        LoadBalancingPolicyNames.First,
        LoadBalancingPolicyNames.RingHash,
        LoadBalancingPolicyNames.Maglev,
        LoadBalancingPolicyNames.Rendezvous,
    ]);

    /// <summary>Ways of carrying the affinity key.</summary>
    public IReadOnlyCollection<string> Affinity { get; init; } = SessionAffinityRules.Policies;

    /// <summary>What to do when the destination of a key cannot be used.</summary>
    public IReadOnlyCollection<string> AffinityFailure { get; init; } = SessionAffinityRules.FailurePolicies;

    /// <summary>Sources of discovery.</summary>
    public IReadOnlyCollection<string> Discovery { get; init; } = DiscoveryRules.Sources;

    /// <summary>Reports a name that is not among the known ones.</summary>
    public static void Check(string? name, IReadOnlyCollection<string> known, string path, ICollection<ConfigError> errors)
    {
        if (!string.IsNullOrEmpty(name) && !known.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            errors.Report(path, $"'{name}' is not a policy that is registered. {NearestName.Remedy(name, known)}");
        }
    }
}
