using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>What <see cref="ShieldingOptions"/> come to, ready to be asked. Immutable; one per configuration.</summary>
internal sealed class ShieldState
{
    private readonly NetworkRule? _everywhere;
    private readonly FrozenDictionary<string, NetworkRule>? _hosts;

    /// <param name="options">The options, validated.</param>
    /// <param name="before">What counted until now: who has used up what stays known while the limits stay as they are.</param>
    public ShieldState(ShieldingOptions options, ShieldState? before = null)
    {
        Trusted = NetworkSet.From(options.TrustedProxies);
        ClientAddressFrom = options.ClientAddressFrom;
        ProxyProtocol = options.ProxyProtocol;
        MaxConnectionsPerAddress = options.MaxConnectionsPerAddress;
        Audit = options.Audit;
        RefusesEncodedSlashes = options.EncodedSlashes == EncodedSlashMode.Refuse;
        _everywhere = NetworkRule.From(options.AllowNetworks, options.DenyNetworks);
        var hosts = options.Hosts.Select(static h => KeyValuePair.Create(h.Key, NetworkRule.From(h.Value.AllowNetworks, h.Value.DenyNetworks)))
            .Where(static h => h.Value is not null).ToFrozenDictionary(static h => h.Key, static h => h.Value!, StringComparer.OrdinalIgnoreCase);
        _hosts = hosts.Count == 0 ? null : hosts;
        Rates = options.RequestsPerSecondPerAddress is { } perSecond
            ? RequestRates.Create(perSecond, options.RequestBurstPerAddress ?? perSecond, options.MaxTrackedAddresses, before?.Rates)
            : null;
    }

    /// <summary>Proxies in front; <see langword="null"/>: there are none.</summary>
    public NetworkSet? Trusted { get; }

    public ClientAddressField ClientAddressFrom { get; }

    public ProxyProtocolMode ProxyProtocol { get; }

    public int? MaxConnectionsPerAddress { get; }

    public ShieldingAuditMode Audit { get; }

    public bool RefusesEncodedSlashes { get; }

    /// <summary>Counts the requests of each address; <see langword="null"/>: nobody does.</summary>
    public RequestRates? Rates { get; }

    /// <summary>Whether connections are looked at at all.</summary>
    public bool LooksAtConnections => ProxyProtocol != ProxyProtocolMode.Off || _everywhere is not null || MaxConnectionsPerAddress is not null;

    /// <summary>Whether requests are looked at at all.</summary>
    public bool LooksAtRequests => Trusted is not null || _everywhere is not null || _hosts is not null || Rates is not null || RefusesEncodedSlashes;

    public bool Trusts(IPAddress? address) => address is not null && Trusted?.Contains(address) == true;

    /// <summary>Whether a client may come to any host at all.</summary>
    public bool Admits(IPAddress? client) => _everywhere?.Admits(client) != false;

    /// <summary>Whether a client may come to this host.</summary>
    public bool Admits(IPAddress? client, HostString host)
    {
        if (!Admits(client)) return false;
        return _hosts is null || !_hosts.TryGetValue(NameOf(host), out var rule) || rule.Admits(client);
    }

    // A dot at the end names the same host.
    private static string NameOf(HostString host) => host.Host is [.. var name, '.'] ? name : host.Host;
}
