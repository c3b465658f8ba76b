namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>Settings that take names which the user may add to: completed and told, but not enforced.</summary>
internal static class OpenNames
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Names = new(StringComparer.Ordinal)
    {
        ["LoadBalancingPolicy"] = [.. ProxyConfigNames.BuiltIn.Cluster.LoadBalancing],
        ["SessionAffinity:Policy"] = [.. ProxyConfigNames.BuiltIn.Cluster.Affinity],
        ["Discovery:Source"] = [.. ProxyConfigNames.BuiltIn.Cluster.Discovery],
        ["SessionAffinity:FailurePolicy"] = [.. ProxyConfigNames.BuiltIn.Cluster.AffinityFailure],
        ["HealthCheck:AvailableDestinationsPolicy"] = [.. ProxyConfigNames.BuiltIn.Health.AvailableDestinations],
        ["Active:Probe"] = [.. ProxyConfigNames.BuiltIn.Health.Probes],
        ["Active:Policy"] = [.. ProxyConfigNames.BuiltIn.Health.Active],
        ["Passive:Policy"] = [.. ProxyConfigNames.BuiltIn.Health.Passive],
        ["AuthorizationPolicy"] = ["Default", "Anonymous"],
        ["RateLimiterPolicy"] = ["Default", "Disable"],
        ["CorsPolicy"] = ["Default", "Disable"],
        ["TimeoutPolicy"] = ["Disable"],
        ["Via"] = ["off"],
        ["Methods:[]"] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        ["UpgradeProtocols:[]"] = ["websocket"],
    };

    /// <summary>The names that are known of a setting; <see langword="null"/>: it takes any text.</summary>
    public static IReadOnlyList<string>? Find(string path)
    {
        foreach (var (end, names) in Names)
        {
            if (path.EndsWith(":" + end, StringComparison.Ordinal)) return names;
        }

        return null;
    }
}
