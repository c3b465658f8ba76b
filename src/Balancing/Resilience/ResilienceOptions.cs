namespace Net2Secure.Routing.Balancing;

/// <summary>How a cluster answers for attempts that fail. Retries and circuit breakers are on without a word of it.</summary>
public sealed class ResilienceOptions
{
    /// <summary>Retries on another destination. Default: those of a new <see cref="RetryOptions"/>.</summary>
    public RetryOptions? Retry { get; set; }

    /// <summary>Bounds on extra attempts. Default: those of a new <see cref="AttemptBudgetOptions"/>.</summary>
    public AttemptBudgetOptions? Budget { get; set; }

    /// <summary>Stops asking destinations that cannot be reached. Default: that of a new <see cref="CircuitBreakerOptions"/>.</summary>
    public CircuitBreakerOptions? CircuitBreaker { get; set; }

    /// <summary>A second attempt beside a first one that takes long. Default: none.</summary>
    public HedgingOptions? Hedging { get; set; }

    /// <summary>Time for one attempt up to the response head. 1 ms to 1 h. Default: none.</summary>
    public TimeSpan? AttemptTimeout { get; set; }

    /// <summary>Time for all attempts together, up to the response head, waits between them included. 1 ms to 1 h. Default: none.</summary>
    public TimeSpan? TotalTimeout { get; set; }
}
