namespace Net2Secure.Routing.Balancing;

/// <summary>Who answers when the chosen subset has nobody that can be used.</summary>
public enum SubsetFallback
{
    /// <summary>Nobody: 503 from a proxy, <see cref="NoDestinationException"/> in a client.</summary>
    None,

    /// <summary>Any destination of the cluster.</summary>
    Any,

    /// <summary>The default subset; nobody, when that has nobody either.</summary>
    Default,
}
