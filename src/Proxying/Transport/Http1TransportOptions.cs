using System.Net;
using System.Net.Security;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying;

/// <summary>Settings of <see cref="Http1Handler"/>. Read once, when the handler is made; do not change them afterwards.</summary>
public sealed class Http1TransportOptions
{
    /// <summary>Time for resolving the name and opening the TCP connection, over all addresses of a name together. 1 ms to 10 min. Default: 1 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time for the TLS handshake, after TCP has connected. 1 ms to 10 min. Default: 5 s.</summary>
    public TimeSpan TlsHandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of one response head (status line and fields), and of one trailer section. 256 to 1,048,576. Default: 32,768.</summary>
    public int ResponseHeadMaxBytes { get; set; } = 32 * 1024;

    /// <summary>Field lines of one response head, and of one trailer section. 1 to 10,000. Default: 200.</summary>
    public int ResponseHeadMaxFields { get; set; } = 200;

    /// <summary>Interim (1xx) responses before a final one (RFC 9110 §15.2). 0 to 1,000. Default: 16.</summary>
    public int MaxInterimResponses { get; set; } = 16;

    /// <summary>Connections to one endpoint at a time: idle, in use, being opened, and tunnels. 1 to 1,000,000.
    /// Default: 20,000, below the number of local ports that one address has for one endpoint.</summary>
    public int MaxConnectionsPerEndpoint { get; set; } = 20_000;

    /// <summary>Requests that may wait for a connection to one endpoint when all are in use; one more fails at once. 0 to 1,000,000. Default: 1,000.</summary>
    public int MaxPendingRequests { get; set; } = 1_000;

    /// <summary>Time a request waits for a connection when all are in use. 1 ms to 1 h. Default: 5 s.</summary>
    public TimeSpan PendingRequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time after which an unused connection is closed, shortened by up to a tenth, differently for each connection. 10 ms to 24 h. Default: 90 s.</summary>
    /// <remarks>A <c>Keep-Alive: timeout</c> of the destination shortens it further.</remarks>
    public TimeSpan PooledConnectionIdleTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>Age above which a connection takes no further request, shortened by up to a tenth, differently for each connection. 10 ms to 30 d,
    /// or <see cref="Timeout.InfiniteTimeSpan"/>. Default: infinite.</summary>
    public TimeSpan PooledConnectionLifetime { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Connections that are opened ahead of requests, and kept open, to each endpoint named with <see cref="Http1Handler.KeepWarm"/>. 0 to 1,000. Default: 0.</summary>
    public int WarmConnectionsPerEndpoint { get; set; }

    /// <summary>How long a body waits for <c>100 Continue</c> when the request says <c>Expect: 100-continue</c>; then it is sent anyway (RFC 9110 §10.1.1).
    /// 0 to 10 min. Default: 1 s.</summary>
    public TimeSpan ExpectContinueTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>TLS settings for https endpoints: client certificates, versions, server validation, name to ask for. Default: the certificate of the destination
    /// is verified by the platform, and the name asked for (SNI) is the host of the request's URI.</summary>
    public SslClientAuthenticationOptions? SslOptions { get; set; }

    /// <summary>An HTTP proxy on the way to endpoints. A request for an http endpoint is sent to it with its whole URL and the <c>Host</c> of that URL, whatever the request says
    /// (RFC 9112 §3.2.2); for an https endpoint, and for an upgrade, a tunnel is asked for. Of its credentials those for Basic are used. Default: none.</summary>
    public IWebProxy? Proxy { get; set; }

    /// <summary>The PROXY protocol with which connections begin.</summary>
    internal ProxyProtocolVersion SendProxyProtocol { get; set; }

    /// <summary>Watch the sockets of plain connections; <see langword="null"/>: the runtime does, as with those below TLS.</summary>
    internal SocketPollers? Pollers { get; set; }

    /// <summary>Takes the place of the platform's resolver. For tests.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; set; } = Dns.GetHostAddressesAsync;

    /// <summary>Takes the place of opening a socket. For tests.</summary>
    internal Func<EndpointKey, CancellationToken, ValueTask<Stream>>? ConnectCallback { get; set; }

    /// <summary>Every setting that is out of its range, in words; <see langword="null"/>: none is.</summary>
    internal string? FindErrors()
    {
        List<string>? errors = null;
        Check(ConnectTimeout, nameof(ConnectTimeout), TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));
        Check(TlsHandshakeTimeout, nameof(TlsHandshakeTimeout), TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));
        Check(ResponseHeadMaxBytes, nameof(ResponseHeadMaxBytes), 256, 1 << 20);
        Check(ResponseHeadMaxFields, nameof(ResponseHeadMaxFields), 1, 10_000);
        Check(MaxInterimResponses, nameof(MaxInterimResponses), 0, 1_000);
        Check(MaxConnectionsPerEndpoint, nameof(MaxConnectionsPerEndpoint), 1, 1_000_000);
        Check(MaxPendingRequests, nameof(MaxPendingRequests), 0, 1_000_000);
        Check(PendingRequestTimeout, nameof(PendingRequestTimeout), TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        Check(PooledConnectionIdleTimeout, nameof(PooledConnectionIdleTimeout), TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1));
        if (PooledConnectionLifetime != Timeout.InfiniteTimeSpan)
            Check(PooledConnectionLifetime, nameof(PooledConnectionLifetime), TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(30));
        Check(WarmConnectionsPerEndpoint, nameof(WarmConnectionsPerEndpoint), 0, 1_000);
        Check(ExpectContinueTimeout, nameof(ExpectContinueTimeout), TimeSpan.Zero, TimeSpan.FromMinutes(10));
        return errors is null ? null : string.Join(' ', errors);

        void Check<T>(T value, string name, T least, T most) where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
                (errors ??= []).Add($"{name} is {value}; it has to be from {least} to {most}.");
        }
    }
}
