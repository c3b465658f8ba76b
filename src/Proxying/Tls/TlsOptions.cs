using System.Security.Authentication;

namespace Net2Secure.Routing.Proxying;

/// <summary>TLS at the public face. Section <c>Net2Proxy:Tls</c>.</summary>
public sealed class TlsOptions
{
    /// <summary>Certificates by name; <c>default</c> serves clients that name no host or one that no certificate is for.</summary>
    public IDictionary<string, TlsCertificateOptions> Certificates { get; set; } = new Dictionary<string, TlsCertificateOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// A folder of certificates: files <c>NAME.pem</c> or <c>NAME.crt</c> with the key inside or in <c>NAME.key</c>, <c>NAME.pfx</c> and <c>NAME.p12</c> without password, and
    /// folders with <c>fullchain.pem</c> and <c>privkey.pem</c>. Relative to the content root. Default: none.
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>Certificates that an authority issues and renews by itself (ACME, RFC 8555). Default: none.</summary>
    public AcmeOptions? Acme { get; set; }

    /// <summary>The lowest version of TLS: <c>Tls12</c> or <c>Tls13</c>. Default: <c>Tls12</c>.</summary>
    public SslProtocols MinimumProtocol { get; set; } = SslProtocols.Tls12;

    /// <summary>
    /// Cipher suites by their names of IANA, such as <c>TLS_AES_128_GCM_SHA256</c>. Not on Windows, whose own policy decides; sessions are not resumed then. Default: the platform's,
    /// which have forward secrecy and authenticated encryption.
    /// </summary>
    public IList<string> CipherSuites { get; set; } = [];

    /// <summary>Certificates of clients. Default: none are asked for.</summary>
    public TlsClientCertificateOptions? ClientCertificates { get; set; }

    /// <summary>Refuses clients that name no host, or one that no certificate is for. Default: <see langword="false"/>: they get the default certificate.</summary>
    public bool StrictSni { get; set; }

    /// <summary>Sends clients that come without TLS to the same URL with https (308), and tells those with TLS to stay there (HSTS, RFC 6797). Default: <see langword="false"/>.</summary>
    public bool HttpsRedirect { get; set; }

    /// <summary>The port that <see cref="HttpsRedirect"/> names. 1 to 65,535. Default: that of the first https URL of the host.</summary>
    public int? HttpsPort { get; set; }

    /// <summary>How long clients remember to use TLS, with <see cref="HttpsRedirect"/>. 0 to 3,650 d; 0 sends no <c>Strict-Transport-Security</c>. Default: 30 d.</summary>
    public TimeSpan HstsMaxAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Whether what clients remember counts for the names below the host as well. Default: <see langword="false"/>.</summary>
    public bool HstsIncludeSubDomains { get; set; }

    /// <summary>Time before the end of a certificate from which on it is warned of, each day; never earlier than in the last third of its life. 0 to 365 d. Default: 14 d.</summary>
    public TimeSpan ExpiryWarning { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Sends along what the authority says of a certificate's revocation (RFC 6066 §8), where the platform does it (Linux) and the chain is complete. Default: <see langword="true"/>.</summary>
    public bool OcspStapling { get; set; } = true;
}
