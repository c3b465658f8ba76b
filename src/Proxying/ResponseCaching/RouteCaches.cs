using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>The caches of the routes: one for each route and cluster, so that the two sides of a split never share a response. All over the one store of the application.</summary>
/// <remarks>Used while a configuration is applied. An engine stays while its settings do, with what is on its way through it; what is stored stays in any case.</remarks>
internal sealed class RouteCaches(IServiceProvider services)
{
    /// <summary>The name of this cache in <c>Cache-Status</c>.</summary>
    public const string CacheStatusName = "Net2Proxy";

    private Dictionary<(string Route, string Cluster), CachingEngine> _live = [];
    private Dictionary<(string Route, string Cluster), CachingEngine> _coming = [];

    /// <summary>Begins with a new configuration.</summary>
    public void Begin() => _coming = [];

    /// <summary>The engine of a route and cluster.</summary>
    public CachingEngine For(string routeId, string clusterId, ResponseCacheOptions options)
    {
        var settings = Settings(options, string.Concat(routeId, "/", clusterId));
        if (!_live.TryGetValue((routeId, clusterId), out var engine) || !AreSame(engine.Options, settings)) engine = Create(settings);
        _coming[(routeId, clusterId)] = engine;
        return engine;
    }

    /// <summary>The engine that forgets, on ways on which nothing is cached, what unsafe requests have changed.</summary>
    public CachingEngine ForInvalidation()
    {
        // Named as no route can be, of which a name has to have a length.
        const string nobody = "";
        if (!_live.TryGetValue((nobody, nobody), out var engine)) engine = Create(new CachingOptions { SharesUris = true });
        _coming[(nobody, nobody)] = engine;
        return engine;
    }

    /// <summary>What was asked for since <see cref="Begin"/> serves from now on.</summary>
    public void Accept() => _live = _coming;

    private CachingEngine Create(CachingOptions settings) => new(settings, services.GetRequiredService<CachingShared>(), RouteCacheRequests.Instance);

    private static CachingOptions Settings(ResponseCacheOptions options, string partition)
    {
        var defaults = new CachingOptions();
        return new CachingOptions
        {
            Partition = partition,
            SharesUris = true,
            StoreSetCookie = options.StoreSetCookie,
            IgnoreRequestDirectives = options.IgnoreRequestDirectives,
            CacheStatusName = options.CacheStatus ? CacheStatusName : null,
            MaxStaleWhenUnreachable = options.MaxStaleWhenUnreachable ?? defaults.MaxStaleWhenUnreachable,
            NegativeLifetime = options.NegativeLifetime ?? defaults.NegativeLifetime,
            MaxBodyBytes = options.MaxBodyBytes ?? defaults.MaxBodyBytes,
            CoalescingTimeout = options.CoalescingTimeout ?? defaults.CoalescingTimeout,
            MaxBackgroundRevalidations = options.MaxBackgroundRevalidations ?? defaults.MaxBackgroundRevalidations,
            BackgroundTimeout = options.BackgroundTimeout ?? defaults.BackgroundTimeout,
        };
    }

    private static bool AreSame(CachingOptions one, CachingOptions other) =>
        one.StoreSetCookie == other.StoreSetCookie
        && one.IgnoreRequestDirectives == other.IgnoreRequestDirectives
        && one.CacheStatusName == other.CacheStatusName
        && one.MaxStaleWhenUnreachable == other.MaxStaleWhenUnreachable
        && one.NegativeLifetime == other.NegativeLifetime
        && one.MaxBodyBytes == other.MaxBodyBytes
        && one.CoalescingTimeout == other.CoalescingTimeout
        && one.MaxBackgroundRevalidations == other.MaxBackgroundRevalidations
        && one.BackgroundTimeout == other.BackgroundTimeout;
}
