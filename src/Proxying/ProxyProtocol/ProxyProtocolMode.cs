namespace Net2Secure.Routing.Proxying;

/// <summary>Whether connections from trusted peers begin with a header of the PROXY protocol.</summary>
public enum ProxyProtocolMode
{
    /// <summary>It is not read.</summary>
    Off,

    /// <summary>It is read where it is there.</summary>
    Optional,

    /// <summary>A connection without one is closed.</summary>
    Required,
}
