namespace Net2Secure.Routing.Balancing;

/// <summary>Bounds on what a cluster is sent beyond what its clients ask for: retries, hedges and mirrored requests together.</summary>
/// <remarks>Attempts that no destination has seen (connections that could not be made) are outside of it.</remarks>
public sealed class AttemptBudgetOptions
{
    /// <summary>Extra attempts as a share of the requests in <see cref="Window"/>, in percent. 0 to 100. Default: 20.</summary>
    public int Percent { get; set; } = 20;

    /// <summary>Extra attempts per second that are allowed however few the requests are. 0 to 1,000. Default: 3.</summary>
    public int MinPerSecond { get; set; } = 3;

    /// <summary>The time over which requests and extra attempts are counted. 1 s to 1 min. Default: 10 s.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);
}
