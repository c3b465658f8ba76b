using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Net2Secure.Routing.Balancing;

/// <summary>All sources of discovery by name: the built-in ones and the user's. Names are compared without regard to case; a later registration replaces an earlier.</summary>
internal sealed class DiscoverySourceCatalog
{
    private readonly IServiceProvider _services;
    private readonly FrozenDictionary<string, Func<IServiceProvider, IDestinationDiscovery>> _factories;
    private readonly ConcurrentDictionary<string, Lazy<IDestinationDiscovery>> _made = new(StringComparer.OrdinalIgnoreCase);

    public DiscoverySourceCatalog(IServiceProvider services, TimeProvider time, IEnumerable<DiscoverySourceRegistration> registrations)
    {
        _services = services;
        var factories = new Dictionary<string, Func<IServiceProvider, IDestinationDiscovery>>(StringComparer.OrdinalIgnoreCase)
        {
            [DiscoverySourceNames.Dns] = _ => new DnsAddressDiscovery(new DnsClient(time)),
            [DiscoverySourceNames.DnsSrv] = _ => new DnsServiceDiscovery(new DnsClient(time)),
        };
        foreach (var registration in registrations) factories[registration.Name] = registration.Create;
        _factories = factories.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Names = [.. factories.Keys.Order(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>All known names, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The name of the source that the settings ask for, or of the default.</summary>
    public static string NameOf(DiscoveryOptions options) => string.IsNullOrEmpty(options.Source) ? DiscoverySourceNames.Dns : options.Source;

    /// <summary>The source of a name. One instance serves the process.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message lists those that are known.</exception>
    public IDestinationDiscovery Get(string name)
    {
        if (!_factories.TryGetValue(name, out var create))
            throw new ArgumentException($"'{name}' is no known source of discovery. Known are {string.Join(", ", Names)}.", nameof(name));
        return _made.GetOrAdd(name, _ => new(() => create(_services))).Value;
    }
}
