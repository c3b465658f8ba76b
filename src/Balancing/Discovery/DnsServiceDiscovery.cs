using System.Net;

namespace Net2Secure.Routing.Balancing;

/// <summary>Finds the services of a name (RFC 2782): each target with its port is a server, its priority a tier, its weight its share.</summary>
internal sealed class DnsServiceDiscovery(DnsClient client) : IDestinationDiscovery
{
    /// <inheritdoc/>
    public async ValueTask<DiscoveredDestinations> DiscoverAsync(DiscoveryContext context, CancellationToken cancellationToken)
    {
        var asked = context.Address;
        var records = await client.QueryAsync(asked.IdnHost, DnsRecordType.Srv, ServersOf(context.Options), cancellationToken).ConfigureAwait(false);

        // A target that is the root says that there is no such service; port 0 is none.
        var targets = records.Where(r => r.Target.Length > 0 && r.Port > 0 && Uri.CheckHostName(r.Target) != UriHostNameType.Unknown).ToList();
        var tiers = targets.Select(r => r.Priority).Distinct().Order().ToList();
        var haveWeights = targets.Exists(r => r.Weight > 0);
        var servers = targets.Select(r => new DiscoveredDestination(new UriBuilder(asked) { Host = r.Target, Port = r.Port }.Uri)
        {
            Name = $"{r.Target}:{r.Port}",
            Host = DomainOf(asked.IdnHost),
            TiersBehind = tiers.IndexOf(r.Priority),

            // Weight 0 is for those that are to be picked rarely beside others of more weight; where nobody has any, nobody says anything.
            Weight = haveWeights ? Math.Max(1, r.Weight) : null,
        });
        return new DiscoveredDestinations(servers, targets.Count > 0 ? targets.Min(r => r.TimeToLive) : null);
    }

    /// <summary>The name servers of the settings.</summary>
    public static IPEndPoint[] ServersOf(DiscoveryOptions options) => [.. options.Servers.Select(s => DiscoveryRules.TryReadServer(s, out var server) ? server : null).OfType<IPEndPoint>()];

    /// <summary>The name that the service is of: <c>shop.example</c> of <c>_http._tcp.shop.example</c>. It is what clients ask for, and what a certificate bears.</summary>
    private static string DomainOf(string service)
    {
        var name = service.AsSpan();
        while (name.StartsWith("_") && name.IndexOf('.') is > 0 and var dot) name = name[(dot + 1)..];
        return name.ToString();
    }
}
