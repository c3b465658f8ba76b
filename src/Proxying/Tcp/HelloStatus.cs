namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>How far the first message of a TLS handshake could be read.</summary>
internal enum HelloStatus
{
    /// <summary>What has come may be the beginning of one.</summary>
    Incomplete,

    /// <summary>It is whole.</summary>
    Complete,

    /// <summary>What has come is none, or one that is longer than any client sends.</summary>
    Invalid,
}
