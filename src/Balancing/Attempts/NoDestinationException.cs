namespace Net2Secure.Routing.Balancing;

/// <summary>A cluster has no destination that can take the request now: the answer is 503, with <see cref="RetryAfter"/>.</summary>
/// <remarks>Nothing was sent. Trying again at once does not help: whoever retries attempts leaves this one alone.</remarks>
public sealed class NoDestinationException : HttpRequestException
{
    /// <summary>Reports that a cluster has no usable destination.</summary>
    public NoDestinationException(string clusterId)
        : this(clusterId, NoDestinationReason.NoneUsable)
    {
    }

    /// <summary>Reports that a cluster has no destination for a request.</summary>
    /// <param name="clusterId">The cluster.</param>
    /// <param name="reason">Why not.</param>
    /// <param name="retryAfter">When another request may fare better, if that is known.</param>
    public NoDestinationException(string clusterId, NoDestinationReason reason, TimeSpan? retryAfter = null)
        : base(MessageOf(clusterId, reason))
    {
        ClusterId = clusterId;
        Reason = reason;
        RetryAfter = retryAfter;
    }

    /// <summary>Reports that the last usable destination has failed.</summary>
    internal NoDestinationException(string clusterId, Exception lastFailure)
        : base($"Cluster '{clusterId}' has no destination left that can be used: the connections to all of them fail.", lastFailure) => ClusterId = clusterId;

    /// <summary>The cluster.</summary>
    public string ClusterId { get; }

    /// <summary>Why it has none.</summary>
    public NoDestinationReason Reason { get; }

    /// <summary>When another request may fare better; <see langword="null"/> where nobody knows. What a proxy tells its client as <c>Retry-After</c> (RFC 9110 §10.2.3), in whole seconds from 1 to 3600.</summary>
    public TimeSpan? RetryAfter { get; }

    private static string MessageOf(string clusterId, NoDestinationReason reason) => reason switch
    {
        NoDestinationReason.LimitReached => $"Cluster '{clusterId}' has reached its limits: as many requests are in flight as its Limits allow, and no more may wait.",
        NoDestinationReason.WaitTimedOut => $"Cluster '{clusterId}' has reached its limits: the request waited for a destination for as long as QueueTimeout of its Limits allows.",
        _ => $"Cluster '{clusterId}' has no destination that can be used: none is configured, all have weight 0, or all are unavailable.",
    };
}
