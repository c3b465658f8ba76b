using System.Net.Security;
using System.Security.Authentication;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Knows how the traffic of a cluster connects, so that probes do likewise. A proxy knows; of clients nobody does.</summary>
internal interface ITrafficConnections
{
    /// <summary>How the traffic of a cluster with these settings connects.</summary>
    TrafficConnections Of(ClusterOptions cluster);
}

/// <summary>How the traffic of a cluster connects.</summary>
/// <param name="Protocols">Versions of TLS; <see cref="SslProtocols.None"/> for those of the platform.</param>
/// <param name="AcceptsAnyCertificate">Whether certificates are not looked at.</param>
/// <param name="IsHttp2Only">Whether nothing but HTTP/2 will do.</param>
internal readonly record struct TrafficConnections(SslProtocols Protocols, bool AcceptsAnyCertificate, bool IsHttp2Only)
{
    /// <summary>How certificates are verified and which one is shown; to be copied, not changed. <see langword="null"/> for the rules of the platform.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }
}
