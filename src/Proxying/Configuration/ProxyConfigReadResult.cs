using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.ResponseCaching;

namespace Net2Secure.Routing.Proxying;

/// <summary>What was read from one section of settings.</summary>
/// <param name="Routes">The routes, as far as they could be read.</param>
/// <param name="Clusters">The clusters, as far as they could be read.</param>
/// <param name="Tls">TLS at the public face, where the section is there.</param>
/// <param name="Forwarding">How the proxy as a whole forwards, where the section is there.</param>
/// <param name="Dashboard">The dashboard, where the section is there.</param>
/// <param name="Cache">The store of responses, where the section is there.</param>
/// <param name="Errors">What could not be read. Rules across values are judged by <see cref="ProxyConfigValidator"/>.</param>
/// <param name="Notices">What is right but does nothing yet, beyond what the validator tells of routes and clusters.</param>
internal sealed record ProxyConfigReadResult(
    IReadOnlyList<RouteOptions> Routes,
    IReadOnlyList<ProxyClusterOptions> Clusters,
    TlsOptions? Tls,
    ForwardingOptions? Forwarding,
    DashboardOptions? Dashboard,
    CacheStoreSettings? Cache,
    IReadOnlyList<ConfigError> Errors,
    IReadOnlyList<ConfigError> Notices)
{
    /// <summary>Whom the proxy trusts and what it hides, where the section is there.</summary>
    public ShieldingOptions? Shielding { get; init; }

    /// <summary>Ports that are passed through, where there are any.</summary>
    public IDictionary<string, TcpListenerOptions>? Tcp { get; init; }

    /// <summary>The access log, where the section is there.</summary>
    public AccessLogOptions? AccessLog { get; init; }

    /// <summary>The decision records, where the section is there.</summary>
    public ExplainOptions? Explain { get; init; }
}
