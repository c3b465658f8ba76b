namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of the latency policy.</summary>
internal static class PeakEwmaRules
{
    /// <summary>Finagle's: long enough to keep away from a server that answers slowly now and then, short enough to come back within a minute.</summary>
    public static readonly TimeSpan DefaultDecayTime = TimeSpan.FromSeconds(10);

    private static readonly DurationRange DecayTime = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));

    public static PeakEwmaOptions Read(SectionReader reader) => new()
    {
        DecayTime = reader.Duration(nameof(PeakEwmaOptions.DecayTime), DecayTime) ?? DefaultDecayTime,
    };

    public static void Validate(ClusterOptions cluster, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        if (cluster.PeakEwma is not { } options) return;
        path = path.Below(nameof(cluster.PeakEwma));
        ClusterOptionsValidator.Check(options.DecayTime, DecayTime, path.Below(nameof(options.DecayTime)), errors);
        if (!string.Equals(LoadBalancingPolicyCatalog.NameOf(cluster), LoadBalancingPolicyNames.PeakEwma, StringComparison.OrdinalIgnoreCase))
            notices.Report(path, $"has an effect with the load balancing policy {LoadBalancingPolicyNames.PeakEwma} only");
    }

    /// <summary>The decay time that a cluster asks for.</summary>
    public static TimeSpan DecayOf(ClusterOptions cluster) => cluster.PeakEwma?.DecayTime ?? DefaultDecayTime;
}
