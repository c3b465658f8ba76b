using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Proxying;

/// <summary>The TLS settings of one handshake, which remember whether it was the certificate that was not accepted.</summary>
internal sealed class TlsClientSettings
{
    private readonly RemoteCertificateValidationCallback? _validate;

    private TlsClientSettings(SslClientAuthenticationOptions? given, string host)
    {
        _validate = given?.RemoteCertificateValidationCallback;
        Options = new SslClientAuthenticationOptions
        {
            TargetHost = given?.TargetHost is { Length: > 0 } name ? name : host,
            ApplicationProtocols = given?.ApplicationProtocols ?? [SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = Validate,
        };
        if (given is null) return;
        Options.AllowRenegotiation = given.AllowRenegotiation;
        Options.AllowTlsResume = given.AllowTlsResume;
        // A copy, because a handshake writes into it.
        Options.CertificateChainPolicy = given.CertificateChainPolicy?.Clone();
        Options.CertificateRevocationCheckMode = given.CertificateRevocationCheckMode;
        Options.CipherSuitesPolicy = given.CipherSuitesPolicy;
        Options.ClientCertificateContext = given.ClientCertificateContext;
        Options.ClientCertificates = given.ClientCertificates;
        Options.EnabledSslProtocols = given.EnabledSslProtocols;
        Options.EncryptionPolicy = given.EncryptionPolicy;
        Options.LocalCertificateSelectionCallback = given.LocalCertificateSelectionCallback;
    }

    public SslClientAuthenticationOptions Options { get; }

    /// <summary>What was wrong with the certificate, when it was not accepted.</summary>
    public SslPolicyErrors? Rejected { get; private set; }

    public static TlsClientSettings For(SslClientAuthenticationOptions? given, string host) => new(given, host);

    private bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var accepted = _validate is null ? errors == SslPolicyErrors.None : _validate(sender, certificate, chain, errors);
        if (!accepted) Rejected = errors;
        return accepted;
    }
}
