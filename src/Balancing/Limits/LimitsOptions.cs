namespace Net2Secure.Routing.Balancing;

/// <summary>Bounds on what runs and waits at one time.</summary>
public sealed class LimitsOptions
{
    /// <summary>Requests in flight to one destination. 1 to 1,000,000. Default: none.</summary>
    public int? MaxRequestsPerDestination { get; set; }

    /// <summary>Requests that may wait for a destination. 0 to 1,000,000. Default: 0.</summary>
    public int? MaxQueue { get; set; }

    /// <summary>The longest wait in the queue. 1 ms to 10 min. Default: 5 s.</summary>
    public TimeSpan? QueueTimeout { get; set; }
}
