namespace Net2Secure.Routing.Balancing;

/// <summary>How a cluster answers for attempts that fail.</summary>
public sealed class ResilienceOptions
{
    /// <summary>Retries on another destination. Default: none.</summary>
    public RetryOptions? Retry { get; set; }

    /// <summary>Time for one attempt up to the response head. 1 ms to 1 h. Default: none.</summary>
    public TimeSpan? AttemptTimeout { get; set; }

    /// <summary>Time for all attempts together. 1 ms to 1 h. Default: none.</summary>
    public TimeSpan? TotalTimeout { get; set; }
}
