namespace Net2Secure.Routing.Proxying;

/// <summary>Certificates of clients: whether they are asked for, and whom they have to come from.</summary>
public sealed class TlsClientCertificateOptions
{
    /// <summary>Whether clients are asked for a certificate. Default: <see cref="TlsClientCertificateMode.None"/>.</summary>
    public TlsClientCertificateMode Mode { get; set; }

    /// <summary>A file in PEM with the authorities that certificates have to come from, and no others. Relative to the content root. Default: those that the platform trusts.</summary>
    public string? TrustAnchors { get; set; }

    /// <summary>Rules for single hosts, by name, or <c>*.</c> and a domain for every name one step below it. What is not set there is as for all.</summary>
    public IDictionary<string, TlsHostClientCertificateOptions> Hosts { get; set; } = new Dictionary<string, TlsHostClientCertificateOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Hands a verified certificate to destinations in the field <c>Client-Cert</c> (RFC 9440). Default: <see langword="true"/>.</summary>
    public bool Forward { get; set; } = true;
}
