namespace Net2Secure.Routing.Balancing;

/// <summary>Bounds on what is remembered of clients, where affinity has to remember.</summary>
public sealed class AffinityTableOptions
{
    /// <summary>Keys at the most; beyond it those used least recently are forgotten. One takes some 100 bytes. 100 to 10,000,000. Default: 100,000.</summary>
    public int Capacity { get; set; } = 100_000;

    /// <summary>How long a key is remembered after its last use, at the least; at the most twice as long. 1 s to 30 d. Default: 1 h.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);
}
