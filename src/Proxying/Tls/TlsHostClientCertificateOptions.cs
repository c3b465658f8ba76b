using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Proxying;

/// <summary>Certificates of clients of one host.</summary>
public sealed class TlsHostClientCertificateOptions
{
    /// <summary>Whether clients of the host are asked for a certificate. Default: as for all.</summary>
    public TlsClientCertificateMode? Mode { get; set; }

    /// <summary>A file in PEM with the authorities that certificates have to come from, and no others. Relative to the content root. Default: as for all.</summary>
    public string? TrustAnchors { get; set; }

    /// <summary>NoCheck, Online or Offline. Default: as for all.</summary>
    public X509RevocationMode? RevocationMode { get; set; }

    /// <summary>Files with lists of revoked certificates, signed by the authorities of the host. Default: as for all, where <see cref="TrustAnchors"/> are as for all too, else none.</summary>
    public IList<string> RevocationLists { get; set; } = [];
}
