using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Net2Secure.Routing.Proxying.Serving;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying;

/// <summary>The certificate and the rules of a TLS connection. Immutable; made once and used for many connections at once.</summary>
public sealed class TlsConnectionPolicy
{
    /// <summary>Makes a policy.</summary>
    /// <param name="certificate">The certificate with its intermediates. Keep it: the tickets of sessions belong to it.</param>
    public TlsConnectionPolicy(SslStreamCertificateContext certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        Certificate = certificate;
    }

    /// <summary>The certificate with its intermediates.</summary>
    public SslStreamCertificateContext Certificate { get; }

    /// <summary>Versions of TLS. Default: 1.2 and 1.3.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Cipher suites. Default: the platform's, which are sensible. Others cost the resumption of sessions.</summary>
    public CipherSuitesPolicy? CipherSuites { get; init; }

    /// <summary>Whether the client is asked for a certificate. Default: <see cref="TlsClientCertificateMode.None"/>.</summary>
    public TlsClientCertificateMode ClientCertificates { get; init; }

    /// <summary>How certificates of clients are verified. Default: against the authorities that the platform trusts, without revocation.</summary>
    public X509ChainPolicy? ClientChain { get; init; }

    /// <summary>Lists of revoked certificates of clients; <see langword="null"/>: there are none.</summary>
    internal RevocationLists? ClientRevocation { get; init; }

    /// <summary>Protocols offered by ALPN (RFC 7301). Default: those of the endpoint.</summary>
    public IReadOnlyList<SslApplicationProtocol>? ApplicationProtocols { get; init; }

    /// <summary>Makes the server use it.</summary>
    internal void ApplyTo(SslServerAuthenticationOptions tls, BaseConnectionContext connection)
    {
        tls.ServerCertificateContext = Certificate;
        // What an endpoint sets itself is narrower than what counts for all.
        if (tls.EnabledSslProtocols == SslProtocols.None) tls.EnabledSslProtocols = Protocols;
        if (CipherSuites is not null) tls.CipherSuitesPolicy = CipherSuites;
        if (ApplicationProtocols is not null) tls.ApplicationProtocols = [.. ApplicationProtocols];
        tls.AllowRenegotiation = false;
        if (ClientCertificates == TlsClientCertificateMode.None) return;
        tls.ClientCertificateRequired = true;
        // A copy, because a handshake writes into it.
        tls.CertificateChainPolicy = ClientChain?.Clone();
        // The platform asks the authority within the handshake, and waits for it.
        if (ClientChain?.RevocationMode == X509RevocationMode.Online) connection.Features.Get<IPooledInput>()?.UsePool();
        if (ClientRevocation is { } lists)
        {
            var mayBeMissing = ClientCertificates != TlsClientCertificateMode.Require;
            tls.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => certificate is null ? mayBeMissing : errors == SslPolicyErrors.None && lists.Allow(chain);
            return;
        }

        tls.RemoteCertificateValidationCallback = ClientCertificates == TlsClientCertificateMode.Require
            ? static (_, certificate, _, errors) => certificate is not null && errors == SslPolicyErrors.None
            : static (_, certificate, _, errors) => certificate is null || errors == SslPolicyErrors.None;
    }
}
