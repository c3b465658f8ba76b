namespace Net2Secure.Routing.Balancing;

/// <summary>Bounds on retries.</summary>
public sealed class RetryOptions
{
    /// <summary>Attempts in all, the first included. 1 to 10. Default: 2.</summary>
    public int MaxAttempts { get; set; } = 2;
}
