namespace Net2Secure.Routing.Balancing;

/// <summary>A second attempt on another destination beside one that takes long; the first good answer wins, the other attempt is cancelled.</summary>
/// <remarks>For idempotent methods whose body, if any, can be sent again.</remarks>
public sealed class HedgingOptions
{
    /// <summary>Whether slow requests are hedged. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>How long an answer is waited for before the next attempt. 1 ms to 1 min. Default: what <see cref="Percentile"/> says.</summary>
    public TimeSpan? Delay { get; set; }

    /// <summary>The percentile of the cluster's latencies (up to the response head) that is waited for where <see cref="Delay"/> says nothing. 50 to 99. Default: 95.</summary>
    public int Percentile { get; set; } = 95;

    /// <summary>Attempts at the same time, the first included. 2 to 5. Default: 2.</summary>
    public int MaxAttempts { get; set; } = 2;
}
