namespace Net2Secure.Routing.Balancing;

/// <summary>A cluster has no destination that can take the request: the answer is 503.</summary>
public sealed class NoDestinationException : HttpRequestException
{
    /// <summary>Reports that a cluster has no usable destination.</summary>
    public NoDestinationException(string clusterId)
        : base($"Cluster '{clusterId}' has no destination that can be used: none is configured, all have weight 0, or all are unavailable.") => ClusterId = clusterId;

    /// <summary>Reports that the last usable destination has failed.</summary>
    internal NoDestinationException(string clusterId, Exception lastFailure)
        : base($"Cluster '{clusterId}' has no destination left that can be used: the connections to all of them fail.", lastFailure) => ClusterId = clusterId;

    /// <summary>The cluster.</summary>
    public string ClusterId { get; }
}
