namespace Net2Secure.Routing.Balancing;

/// <summary>Bounds on what runs and waits at one time.</summary>
/// <remarks>
/// A request counts from the moment its destination is picked to the last byte of its answer, a WebSocket or another stream until it ends. The counts are those of this process. A request that
/// finds its destination full goes to another one; when all are full it waits, if it may, first come, first served; otherwise the answer is 503 at once.
/// </remarks>
public sealed class LimitsOptions
{
    /// <summary>Requests in flight to one destination. 1 to 1,000,000. Default: none.</summary>
    public int? MaxRequestsPerDestination { get; set; }

    /// <summary>Requests in flight to all destinations together. 1 to 1,000,000. Default: none.</summary>
    public int? MaxRequests { get; set; }

    /// <summary>Requests that may wait for a destination. 0 to 1,000,000. Default: 0.</summary>
    public int? MaxQueue { get; set; }

    /// <summary>The longest wait in the queue. 1 ms to 10 min. Default: 5 s.</summary>
    public TimeSpan? QueueTimeout { get; set; }

    /// <summary>What a request does that is kept on a destination, by session affinity, when that one is full. Default: Wait.</summary>
    public FullDestinationBehavior? StickyRequests { get; set; }

    /// <summary>What a refused client is told to wait before it comes again (Retry-After). 1 s to 1 h. Default: 1 s.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Finds the limit of each destination from its latency. Default: none.</summary>
    public AdaptiveLimitOptions? Adaptive { get; set; }
}
