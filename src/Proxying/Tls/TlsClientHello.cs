using System.Net;

namespace Net2Secure.Routing.Proxying;

/// <summary>What a client says first, as far as the choice of a certificate asks for it (RFC 8446 §4.1.2). Nothing of it is proven.</summary>
public readonly struct TlsClientHello
{
    /// <summary>The name asked for (SNI, RFC 6066 §3), in lower case and without a dot at the end; <see langword="null"/> when the client names none.</summary>
    public string? ServerName { get; init; }

    /// <summary>The kinds of certificates that the client can verify, by its signature algorithms and, below TLS 1.3, its cipher suites.</summary>
    public TlsSignatures Signatures { get; init; }

    /// <summary>Whether the client is an ACME server that validates a name (ALPN <c>acme-tls/1</c>, RFC 8737).</summary>
    public bool IsAcmeChallenge { get; init; }

    /// <summary>Where the connection came in; <see langword="null"/> where nobody knows.</summary>
    public EndPoint? LocalEndPoint { get; init; }
}
