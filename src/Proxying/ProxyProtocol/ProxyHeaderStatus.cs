namespace Net2Secure.Routing.Proxying;

/// <summary>How far a header of the PROXY protocol could be read.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>What has come may be the beginning of one.</summary>
    Incomplete,

    /// <summary>It is whole.</summary>
    Complete,

    /// <summary>What has come is not the beginning of one.</summary>
    None,

    /// <summary>It began like one and is none.</summary>
    Invalid,
}
