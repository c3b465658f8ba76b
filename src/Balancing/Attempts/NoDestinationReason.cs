namespace Net2Secure.Routing.Balancing;

/// <summary>Why a cluster has no destination for a request.</summary>
public enum NoDestinationReason
{
    /// <summary>None can be used: none is configured, all have weight 0, or all are unavailable.</summary>
    NoneUsable,

    /// <summary>Those that can be used have as many requests in flight as they may, and as many requests wait for them as may wait.</summary>
    LimitReached,

    /// <summary>Those that can be used had as many requests in flight as they may for as long as this one was allowed to wait.</summary>
    WaitTimedOut,
}
