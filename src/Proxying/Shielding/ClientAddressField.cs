namespace Net2Secure.Routing.Proxying;

/// <summary>The field in which a trusted proxy tells who its client is.</summary>
public enum ClientAddressField
{
    /// <summary><c>X-Forwarded-For</c>, with <c>X-Forwarded-Proto</c>.</summary>
    XForwarded,

    /// <summary><c>Forwarded</c> (RFC 7239).</summary>
    Forwarded,
}
