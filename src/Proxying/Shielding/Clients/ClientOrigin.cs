using System.Net;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Where a request really came from, where trusted proxies are configured: feature of a request, for those who tell destinations about the way it took.</summary>
/// <param name="IsTrusted">Whether the peer is a proxy that is believed.</param>
/// <param name="Peer">The peer's address, where it is believed; the connection's then is that of the client.</param>
/// <param name="Scheme">The scheme of the connection itself; the request's then is that of the client.</param>
internal sealed record ClientOrigin(bool IsTrusted, IPAddress? Peer, string Scheme)
{
    /// <summary>The peer is not believed: its address is the client's.</summary>
    public static ClientOrigin Untrusted { get; } = new(false, null, "");
}
