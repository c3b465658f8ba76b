namespace Net2Secure.Routing.Proxying;

/// <summary>How <c>Forwarded</c> names the two ends of the client's connection (RFC 7239 §6).</summary>
public enum NodeFormat
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By a random name, new for each request: <c>_nQ4xv0aZ1k</c>.</summary>
    Random,

    /// <summary>By a random name and the port.</summary>
    RandomAndPort,

    /// <summary>By a random name and another one for the port.</summary>
    RandomAndRandomPort,

    /// <summary>As <c>unknown</c>.</summary>
    Unknown,

    /// <summary>As <c>unknown</c>, and by the port.</summary>
    UnknownAndPort,

    /// <summary>As <c>unknown</c>, and by a random name for the port.</summary>
    UnknownAndRandomPort,

    /// <summary>By the IP address; IPv6 in brackets.</summary>
    Ip,

    /// <summary>By IP address and port.</summary>
    IpAndPort,

    /// <summary>By IP address, and a random name for the port.</summary>
    IpAndRandomPort,
}
