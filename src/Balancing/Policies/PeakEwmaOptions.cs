namespace Net2Secure.Routing.Balancing;

/// <summary>How <see cref="LoadBalancingPolicyNames.PeakEwma"/> measures.</summary>
public sealed class PeakEwmaOptions
{
    /// <summary>Time after which a measured latency counts for about a third (1/e): longer remembers slow answers longer. 100 ms to 10 min. Default: 10 s.</summary>
    public TimeSpan DecayTime { get; set; } = PeakEwmaRules.DefaultDecayTime;
}
