using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Whether the clients of some hosts show a certificate, and whom it has to come from. Told apart by identity.</summary>
internal sealed class ClientCertificateRule(TlsClientCertificateMode mode, X509Certificate2Collection? anchors, X509RevocationMode revocation = X509RevocationMode.NoCheck, RevocationLists? lists = null)
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    public TlsClientCertificateMode Mode => mode;

    /// <summary>How a certificate is verified.</summary>
    public X509ChainPolicy? Chain { get; } = mode == TlsClientCertificateMode.None ? null : TrustAnchorFile.Policy(anchors, ClientAuthentication, revocation);

    /// <summary>Lists of revoked certificates; <see langword="null"/>: there are none.</summary>
    public RevocationLists? Lists { get; } = mode == TlsClientCertificateMode.None ? null : lists;

    /// <summary>Names the authorities to the client, so that one with several certificates shows the right one.</summary>
    public SslCertificateTrust? Trust { get; } = mode == TlsClientCertificateMode.None || anchors is null
        ? null
        : SslCertificateTrust.CreateForX509Collection(anchors, sendTrustInHandshake: OperatingSystem.IsLinux() || OperatingSystem.IsMacOS());
}
