namespace Net2Secure.Routing.Proxying;

/// <summary>Whether clients are asked for a certificate.</summary>
public enum TlsClientCertificateMode
{
    /// <summary>Clients are not asked.</summary>
    None,

    /// <summary>Clients are asked and may have none; one that cannot be verified ends the connection.</summary>
    Request,

    /// <summary>Without a certificate that can be verified there is no connection.</summary>
    Require,
}
