using Net2Secure.Routing.Proxying.ResponseCaching;

namespace Net2Secure.Routing.Proxying;

/// <summary>A configuration that knows where it was written, so that errors found later name the place.</summary>
internal interface IRootedProxyConfig : IProxyConfig
{
    /// <summary>What stands before <c>Routes</c> and <c>Clusters</c>, such as <c>Net2Proxy</c>; empty for code.</summary>
    string RootPath { get; }

    /// <summary>How the proxy as a whole forwards, where the source says so.</summary>
    ForwardingOptions? Forwarding { get; }

    /// <summary>TLS at the public face, where the source says so.</summary>
    TlsOptions? Tls { get; }

    /// <summary>Whom the proxy trusts and what it hides, where the source says so.</summary>
    ShieldingOptions? Shielding { get; }

    /// <summary>Ports that are passed through, where the source names any.</summary>
    IDictionary<string, TcpListenerOptions>? Tcp { get; }

    /// <summary>The store of responses, where the source says something of it.</summary>
    CacheStoreSettings? Cache { get; }

    /// <summary>The access log, where the source says something of it.</summary>
    AccessLogOptions? AccessLog { get; }

    /// <summary>The decision records, where the source says something of them.</summary>
    ExplainOptions? Explain { get; }

    /// <summary>The dashboard, where the source says something of it.</summary>
    DashboardOptions? Dashboard { get; }

    /// <summary>What the reader noticed beyond routes and clusters.</summary>
    IReadOnlyList<Balancing.ConfigError> Notices { get; }
}
