using System.Security.Authentication;

namespace Net2Secure.Routing.Proxying;

/// <summary>How connections to the destinations of a cluster are made. Equal settings share a connection pool across a reload.</summary>
public sealed record HttpClientOptions
{
    /// <summary>TLS versions offered. Default: the operating system's choice.</summary>
    public SslProtocols? SslProtocols { get; set; }

    /// <summary>Accepts any certificate of a destination, which leaves the connection open to anyone on the way. Default: <see langword="false"/>.</summary>
    public bool? DangerousAcceptAnyServerCertificate { get; set; }

    /// <summary>A file in PEM with the authorities that certificates of destinations have to come from, and no others. A relative path starts at the working directory. Default: those that the platform trusts.</summary>
    public string? TrustAnchors { get; set; }

    /// <summary>The name asked for in the handshake (SNI), which the certificate has to bear. Default: the host of the destination's address.</summary>
    public string? ServerName { get; set; }

    /// <summary>The name that the certificate has to bear, where it is another than the one asked for. Default: ServerName, or else the host of the destination's address.</summary>
    public string? CertificateName { get; set; }

    /// <summary>The certificate by which this proxy identifies itself to destinations. Default: none.</summary>
    public HttpClientCertificateOptions? ClientCertificate { get; set; }

    /// <summary>Most connections to one destination. 1 to 1,000,000. Default: no limit.</summary>
    public int? MaxConnectionsPerServer { get; set; }

    /// <summary>Opens further HTTP/2 connections when the streams of one are used up. Default: <see langword="true"/>.</summary>
    public bool? EnableMultipleHttp2Connections { get; set; }

    /// <summary>Charset of request header values: <c>utf-8</c>, <c>latin1</c> or <c>ascii</c>. Default: bytes pass as they came.</summary>
    public string? RequestHeaderEncoding { get; set; }

    /// <summary>Charset of response header values: <c>utf-8</c>, <c>latin1</c> or <c>ascii</c>. Default: bytes pass as they came.</summary>
    public string? ResponseHeaderEncoding { get; set; }

    /// <summary>An HTTP proxy between this proxy and the destinations. Default: none; the environment's proxy variables are not read.</summary>
    public WebProxyOptions? WebProxy { get; set; }

    /// <summary>Time to make a connection, apart from the time to answer. 1 ms to 5 min. Default: 1 s.</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>Time after which an unused connection is closed. 10 ms to 1 d. Default: 90 s.</summary>
    public TimeSpan? PooledConnectionIdleTimeout { get; set; }

    /// <summary>Age above which a connection takes no further request, so that changes of DNS come through. 10 ms to 30 d. Default: no limit.</summary>
    public TimeSpan? PooledConnectionLifetime { get; set; }

    /// <summary>HTTP/1.1 connections to each destination that are opened ahead of requests and kept open. 0 to 1,000. Default: 0.</summary>
    public int? WarmConnections { get; set; }

    /// <summary>
    /// The PROXY protocol with which each connection begins, so that destinations see the client's address: <c>None</c>, <c>V1</c> or <c>V2</c>. Connections then serve one client
    /// connection each. Needs <c>HttpRequest:Version</c> 1.1. Default: <c>None</c>.
    /// </summary>
    public ProxyProtocolVersion? SendProxyProtocol { get; set; }

    /// <summary>What sends HTTP/1.1: <see cref="HttpTransportNames.Net2"/>, the transport of our own, or <see cref="HttpTransportNames.SocketsHttpHandler"/>. Default: <see cref="HttpTransportNames.Net2"/>.</summary>
    public string? Transport { get; set; }
}
