using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Proxying.ResponseCaching;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>Every setting that the reader knows, with the property that holds it, what that has when nothing is set, and what its documentation says. The schema and the reference are made of it.</summary>
internal sealed class SettingsCatalogue
{
    private static readonly Dictionary<string, (Type? Type, string Description)> Sections = new(StringComparer.Ordinal)
    {
        ["Routes"] = (typeof(Dictionary<string, RouteOptions>), "The routes by name: which requests are taken, what is changed in them, and which cluster answers."),
        ["Clusters"] = (typeof(Dictionary<string, ProxyClusterOptions>), "The clusters by name: groups of servers that can answer the same requests."),
        ["LocalZone"] = (null, "The zone (rack, data centre) in which the proxy runs, for clusters that name none. Default: that of UseLocalZone, or none."),
        ["Tls"] = (typeof(TlsOptions), "TLS at the public face."),
        ["Forwarding"] = (typeof(ForwardingOptions), "How the proxy as a whole forwards."),
        ["Dashboard"] = (typeof(DashboardOptions), "The dashboard of the proxy. Read when the application starts."),
        ["Tcp"] = (typeof(Dictionary<string, TcpListenerOptions>), "Ports that are passed through, by name."),
        ["Shielding"] = (typeof(ShieldingOptions), "Whom the proxy trusts and lets in, and what it hides."),
        ["AccessLog"] = (typeof(AccessLogOptions), "The access log: one line per request."),
        ["Explain"] = (typeof(ExplainOptions), "Decision records: why requests went where they went."),
        ["Cache"] = (typeof(CacheStoreSettings), "The store of the response cache."),
    };

    // Stores that are contributed to the section Cache: what the application does in code, it says in its options.
    private static readonly Dictionary<string, Type> Stores = new(StringComparer.Ordinal)
    {
        ["Cache:Distributed"] = typeof(DistributedResponseCacheOptions),
        ["Cache:Postgres"] = typeof(Caching.Postgres.PostgresResponseCacheOptions),
    };

    // What counts where a setting is not set, if that is not in the class that is filled.
    private static readonly Dictionary<Type, object> Fallbacks = new()
    {
        [typeof(ResponseCacheOptions)] = new CachingOptions(),
        [typeof(MemoryStoreSettings)] = new MemoryResponseCacheOptions(),
        [typeof(DiskStoreSettings)] = new DiskResponseCacheOptions(),
        [typeof(TierSettings)] = new TieredResponseCacheOptions(),
    };

    private readonly Dictionary<string, DocumentedSetting> _settings = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, object> _unset = [];

    public SettingsCatalogue()
    {
        // Sections come before what is in them.
        foreach (var info in ContributedStores.KnownSettings()) _settings.Add(info.Path, Find(info));
    }

    public SchemaDocumentation Documentation { get; } = new();

    /// <summary>All of them, as they are read.</summary>
    public IReadOnlyCollection<DocumentedSetting> All => _settings.Values;

    public DocumentedSetting this[string path] => _settings[path];

    public DocumentedSetting? TryGet(string path) => _settings.GetValueOrDefault(path);

    /// <summary>The keys of a section.</summary>
    public IEnumerable<string> ChildrenOf(string path)
    {
        var start = path.Length == 0 ? 0 : path.Length + 1;
        return _settings.Keys.Where(k => (path.Length == 0 || k.StartsWith(path + ":", StringComparison.Ordinal)) && k.IndexOf(':', start) < 0).Select(k => k[start..]);
    }

    private DocumentedSetting Find(SettingInfo info)
    {
        var cut = info.Path.LastIndexOf(':');
        if (cut < 0)
        {
            var (type, description) = Sections[info.Path];
            return new(info, type, DocumentedText.Of(description), Unset: null);
        }

        var parent = _settings[info.Path[..cut]];
        var key = info.Path[(cut + 1)..];
        if (key is "*" or "[]")
        {
            var item = parent.Type is { IsGenericType: true } collection ? collection.GetGenericArguments()[^1] : null;
            return new(info, item, key == "*" && info.Type == SettingType.Section && item is not null ? Documentation.Of(item) : null, Unset: null);
        }

        if (Stores.TryGetValue(info.Path, out var store)) return new(info, store, Documentation.Of(store), Unset: null);
        var property = parent.Type?.GetProperty(key);
        Assert.True(property is not null, $"{info.Path} is read, but {parent.Type} has no such property.");
        return new(info, property.PropertyType, Documentation.Of(property), UnsetValue(parent.Type!, property));
    }

    private object? UnsetValue(Type type, System.Reflection.PropertyInfo property)
    {
        if (!_unset.TryGetValue(type, out var instance)) _unset.Add(type, instance = Activator.CreateInstance(type)!);
        return property.GetValue(instance) ?? (Fallbacks.TryGetValue(type, out var fallback) ? fallback.GetType().GetProperty(property.Name)?.GetValue(fallback) : null);
    }
}

/// <summary>A setting.</summary>
/// <param name="Info">What the reader says of it.</param>
/// <param name="Type">The type that holds it; <see langword="null"/>: none of its own.</param>
/// <param name="Text">What its documentation says; <see langword="null"/>: nothing, it is an item of a list.</param>
/// <param name="Unset">What counts where it is not set; <see langword="null"/>: nothing, or what its documentation says.</param>
internal sealed record DocumentedSetting(SettingInfo Info, Type? Type, DocumentedText? Text, object? Unset);
