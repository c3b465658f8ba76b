namespace Net2Secure.Routing.Balancing;

/// <summary>What was found where the key of a request should be.</summary>
public enum AffinityKeyState
{
    /// <summary>Nothing: the client is new.</summary>
    Absent,

    /// <summary>The key of a destination of the cluster.</summary>
    Known,

    /// <summary>A client that is new, for which a home can be computed.</summary>
    Proposed,

    /// <summary>A key of no destination that is known. The request is balanced like one without a key.</summary>
    Unknown,

    /// <summary>Something that is no key: broken, cut, too long, tampered with. The request is balanced like one without a key.</summary>
    Invalid,
}
