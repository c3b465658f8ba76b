namespace Net2Secure.Routing.Proxying;

/// <summary>Who answers when the cluster of a user's side has no destination that can be used.</summary>
public enum SplitFallback
{
    /// <summary>The other sides, by their weights.</summary>
    OtherClusters,

    /// <summary>Nobody: 503.</summary>
    None,
}
