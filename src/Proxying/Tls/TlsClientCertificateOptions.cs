using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Proxying;

/// <summary>Certificates of clients: whether they are asked for, and whom they have to come from.</summary>
public sealed class TlsClientCertificateOptions
{
    /// <summary>Whether clients are asked for a certificate. Default: <see cref="TlsClientCertificateMode.None"/>.</summary>
    public TlsClientCertificateMode Mode { get; set; }

    /// <summary>A file in PEM with the authorities that certificates have to come from, and no others. Relative to the content root. Default: those that the platform trusts.</summary>
    public string? TrustAnchors { get; set; }

    /// <summary>
    /// Whether the authority is asked about revocation, at the addresses that certificates name: <c>NoCheck</c>; <c>Online</c>, in each handshake, where what the platform has is not recent; <c>Offline</c>, only by what the platform has. What
    /// cannot be found out is refused. Default: <c>NoCheck</c>.
    /// </summary>
    public X509RevocationMode RevocationMode { get; set; }

    /// <summary>
    /// Files with lists of revoked certificates (RFC 5280 §5), any number of them in PEM or one in DER, signed by authorities in <see cref="TrustAnchors"/>; followed as they change. With any, each certificate below the
    /// authority has to be covered by a list that has not run out. Relative to the content root. Default: none.
    /// </summary>
    public IList<string> RevocationLists { get; set; } = [];

    /// <summary>Rules for single hosts, by name, or <c>*.</c> and a domain for every name one step below it. What is not set there is as for all.</summary>
    public IDictionary<string, TlsHostClientCertificateOptions> Hosts { get; set; } = new Dictionary<string, TlsHostClientCertificateOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Hands a verified certificate to destinations in the field <c>Client-Cert</c> (RFC 9440). Default: <see langword="true"/>.</summary>
    public bool Forward { get; set; } = true;
}
