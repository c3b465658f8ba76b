using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Net2Secure.Routing.Proxying;

/// <summary>Drops candidates for IPv6 addresses when the client asked for another host; ranks such routes before those for names, which can match by wildcard only.</summary>
/// <remarks>ASP.NET Core's own host matching cannot read IPv6 addresses and fails for all routes together. So a route gets an endpoint of its own for those.</remarks>
internal sealed class Ipv6HostMatcherPolicy : MatcherPolicy, IEndpointComparerPolicy, IEndpointSelectorPolicy
{
    // Just ahead of host names (-100).
    public override int Order => -101;

    public IComparer<Endpoint> Comparer { get; } = new PortsFirst();

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints)
    {
        if (ContainsDynamicEndpoints(endpoints)) return true;
        for (var i = 0; i < endpoints.Count; i++)
        {
            if (endpoints[i].Metadata.GetMetadata<Ipv6Hosts>() is not null) return true;
        }
        return false;
    }

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var host = httpContext.Request.Host;
        var address = Ipv6Hosts.Parse(host.Host);
        var port = host.Port ?? (httpContext.Request.IsHttps ? 443 : 80);
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!candidates.IsValidCandidate(i) || candidates[i].Endpoint.Metadata.GetMetadata<Ipv6Hosts>() is not { } hosts) continue;
            if (address is null || !hosts.Holds(address, port)) candidates.SetValidity(i, false);
        }
        return Task.CompletedTask;
    }

    private sealed class PortsFirst : EndpointMetadataComparer<Ipv6Hosts>
    {
        protected override int CompareMetadata(Ipv6Hosts? x, Ipv6Hosts? y) => Rank(x).CompareTo(Rank(y));

        private static int Rank(Ipv6Hosts? hosts) => hosts is null ? 2 : hosts.AllHavePorts ? 0 : 1;
    }
}

/// <summary>The IPv6 addresses of a route's hosts, as metadata of its endpoint.</summary>
internal sealed class Ipv6Hosts
{
    private readonly (IPAddress Address, int? Port)[] _hosts;

    /// <param name="hosts">Addresses in brackets, with or without a port.</param>
    public Ipv6Hosts(IEnumerable<string> hosts)
    {
        _hosts = [.. hosts.Select(static host =>
        {
            var end = host.IndexOf(']', StringComparison.Ordinal) + 1;
            return (Parse(host[..end])!, end == host.Length ? (int?)null : int.Parse(host.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture));
        })];
        AllHavePorts = Array.TrueForAll(_hosts, static host => host.Port is not null);
    }

    public bool AllHavePorts { get; }

    /// <summary>Whether a host of a route is one for here.</summary>
    public static bool IsOne(string host) => host.StartsWith('[');

    public static IPAddress? Parse(string host) => host is ['[', _, .., ']'] && IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var address) ? address : null;

    public bool Holds(IPAddress address, int port)
    {
        foreach (var host in _hosts)
        {
            if ((host.Port is null || host.Port == port) && host.Address.Equals(address)) return true;
        }
        return false;
    }
}
