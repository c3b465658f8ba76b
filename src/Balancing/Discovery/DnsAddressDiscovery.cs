using System.Net;
using System.Net.Sockets;

namespace Net2Secure.Routing.Balancing;

/// <summary>Finds the addresses of a host: each is a server.</summary>
/// <remarks>The platform's resolver is asked, with all that it looks at (hosts file, search list, caches of the system). It does not say how long an answer is good for; name servers of one's own are asked directly, and do.</remarks>
internal sealed class DnsAddressDiscovery(DnsClient client, Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>>? resolve = null) : IDestinationDiscovery
{
    private readonly Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <inheritdoc/>
    public async ValueTask<DiscoveredDestinations> DiscoverAsync(DiscoveryContext context, CancellationToken cancellationToken)
    {
        var (options, address) = (context.Options, context.Address);
        var family = options.AddressFamily?.ToUpperInvariant() switch { "IPV4" => AddressFamily.InterNetwork, "IPV6" => AddressFamily.InterNetworkV6, _ => AddressFamily.Unspecified };
        if (options.Servers.Count == 0)
        {
            // The platform's question cannot always be taken back; it is not waited for.
            var addresses = await _resolve(address.IdnHost, family, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            return new DiscoveredDestinations(addresses.Select(a => At(address, a)));
        }

        IReadOnlyList<IPEndPoint> servers = DnsServiceDiscovery.ServersOf(options);
        var v4 = family == AddressFamily.InterNetworkV6 ? [] : await client.QueryAsync(address.IdnHost, DnsRecordType.A, servers, cancellationToken).ConfigureAwait(false);
        var v6 = family == AddressFamily.InterNetwork ? [] : await client.QueryAsync(address.IdnHost, DnsRecordType.Aaaa, servers, cancellationToken).ConfigureAwait(false);
        List<DnsRecord> records = [.. v4, .. v6];
        return new DiscoveredDestinations(records.Select(r => At(address, r.Address!)), records.Count > 0 ? records.Min(r => r.TimeToLive) : null);
    }

    private static DiscoveredDestination At(Uri asked, IPAddress address) =>
        new(new UriBuilder(asked) { Host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString() }.Uri);
}
