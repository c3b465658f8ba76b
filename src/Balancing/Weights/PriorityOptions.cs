namespace Net2Secure.Routing.Balancing;

/// <summary>How a cluster goes over from one tier of destinations to the next.</summary>
public sealed class PriorityOptions
{
    internal const int DefaultOverprovisioningPercent = 140;

    /// <summary>How much more a tier can carry than its share, in percent: at 140 it is given all traffic until less than 1/1.4 = 71 % of it can be used. 100 to 1,000. Default: 140.</summary>
    public int OverprovisioningPercent { get; set; } = DefaultOverprovisioningPercent;
}
