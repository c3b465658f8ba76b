using System.Security.Authentication;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>Tells probes how the traffic of a proxy's cluster connects.</summary>
internal sealed class TrafficConnectionsReader : ITrafficConnections
{
    /// <inheritdoc/>
    public TrafficConnections Of(ClusterOptions cluster)
    {
        if (cluster is not ProxyClusterOptions { HttpClient: var client, HttpRequest: var request }) return default;
        var isHttp2Only = request is { Version.Major: 2, VersionPolicy: HttpVersionPolicy.RequestVersionExact or HttpVersionPolicy.RequestVersionOrHigher };
        return new(client?.SslProtocols ?? SslProtocols.None, client?.DangerousAcceptAnyServerCertificate == true, isHttp2Only)
        {
            Tls = client is null ? null : DestinationTls.CreateForProbes(client),
        };
    }
}
