namespace Net2Secure.Routing.Proxying;

/// <summary>The version of the PROXY protocol that is sent to destinations.</summary>
public enum ProxyProtocolVersion
{
    /// <summary>None is sent.</summary>
    None,

    /// <summary>Version 1, a line of text.</summary>
    V1,

    /// <summary>Version 2, binary.</summary>
    V2,
}
