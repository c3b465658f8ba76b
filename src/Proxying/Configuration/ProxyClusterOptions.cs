using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Proxying;

/// <summary>A cluster as a proxy sees it: what balancing needs, and how its destinations are checked, connected to and asked.</summary>
public sealed class ProxyClusterOptions : ClusterOptions
{
    /// <summary>Health checks. Default: none.</summary>
    public HealthCheckOptions? HealthCheck
    {
        get => Section<HealthCheckOptions>();
        set => SetSection(value);
    }

    /// <summary>Connections to the destinations. Default: the defaults of each setting.</summary>
    public HttpClientOptions? HttpClient { get; set; }

    /// <summary>Requests to the destinations. Default: the defaults of each setting.</summary>
    public HttpRequestOptions? HttpRequest { get; set; }
}
