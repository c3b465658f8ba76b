using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>TLS towards destinations, the same for every transport.</summary>
internal static class DestinationTls
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private static string BasePath => Directory.GetCurrentDirectory();

    /// <summary>The settings of handshakes.</summary>
    /// <exception cref="ProxyConfigException">A file is of no use.</exception>
    public static SslClientAuthenticationOptions Create(HttpClientOptions options) => Create(options, options.CertificateName);

    /// <summary>The same for probes, which ask for a name of their own: what the certificate has to bear stays that of the traffic.</summary>
    public static SslClientAuthenticationOptions CreateForProbes(HttpClientOptions options) => Create(options, options.CertificateName ?? options.ServerName);

    /// <summary>Checks the settings, and that the files are there which they name.</summary>
    public static void Validate(HttpClientOptions options, string path, ICollection<ConfigError> errors)
    {
        ValidateName(options.ServerName, path.Below(nameof(options.ServerName)), errors);
        ValidateName(options.CertificateName, path.Below(nameof(options.CertificateName)), errors);
        if (options.ServerName is not null && options.WebProxy?.Address is not null)
            errors.Report(path.Below(nameof(options.ServerName)), "cannot be asked for through an HTTP proxy: leave out ServerName or WebProxy, or set CertificateName alone.");
        LoadAnchors(options, path, errors);
        LoadCertificate(options, path, errors)?.Certificate.Dispose();
    }

    private static SslClientAuthenticationOptions Create(HttpClientOptions options, string? certificateName)
    {
        var errors = new List<ConfigError>();
        var anchors = LoadAnchors(options, "HttpClient", errors);
        var certificate = LoadCertificate(options, "HttpClient", errors);
        if (errors.Count > 0) throw new ProxyConfigException(errors);
        var tls = new SslClientAuthenticationOptions { TargetHost = options.ServerName };
        if (options.SslProtocols is { } protocols) tls.EnabledSslProtocols = protocols;
        if (anchors is not null) tls.CertificateChainPolicy = TrustAnchorFile.Policy(anchors, ServerAuthentication);
        if (certificate is not null) tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate.Certificate, certificate.Intermediates, offline: true);
        if (certificateName is not null) tls.RemoteCertificateValidationCallback = (_, shown, _, errors) => Bears(shown, certificateName, errors);
        if (options.DangerousAcceptAnyServerCertificate == true)
        {
            // The user asked for it by a name that says what it means.
#pragma warning disable CA5359
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return tls;
    }

    /// <summary>Whether a certificate that is right in all else bears a name, whatever name was asked for.</summary>
    private static bool Bears(X509Certificate? shown, string name, SslPolicyErrors errors) =>
        (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None && shown is X509Certificate2 certificate && certificate.MatchesHostname(name);

    private static X509Certificate2Collection? LoadAnchors(HttpClientOptions options, string path, ICollection<ConfigError> errors) => options.TrustAnchors is { } file
        ? TrustAnchorFile.Load(Path.GetFullPath(file, BasePath), path.Below(nameof(options.TrustAnchors)), errors)
        : null;

    private static LoadedCertificate? LoadCertificate(HttpClientOptions options, string path, ICollection<ConfigError> errors) => options.ClientCertificate is { } certificate
        ? CertificateLoader.Load(
            new TlsCertificateOptions { Path = certificate.Path, KeyPath = certificate.KeyPath, Password = certificate.Password }, BasePath, path.Below(nameof(options.ClientCertificate)), errors)
        : null;

    private static void ValidateName(string? name, string path, ICollection<ConfigError> errors)
    {
        if (name is not null && HostSyntax.NameProblem(name, name) is { } problem) errors.Report(path, problem);
    }
}
