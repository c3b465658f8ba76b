using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Caching;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a store of responses to an application.</summary>
public static class CachingServiceCollectionExtensions
{
    /// <summary>Adds a store in memory, unless the application has an <see cref="IResponseCache"/> of its own already. May be called any number of times; settings add up.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets the bounds of the store in memory.</param>
    public static IServiceCollection AddNet2ResponseCache(this IServiceCollection services, Action<MemoryResponseCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<MemoryResponseCacheOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        if (services.Any(static d => d.ServiceType == typeof(CachingEngines))) return services;
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MemoryResponseCacheOptions>, MemoryResponseCacheOptionsValidator>());
        services.AddOptions<TieredResponseCacheOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TieredResponseCacheOptions>, TieredResponseCacheOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CachingOptions>, CachingOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IResponseCacheKind, DistributedKind>());
        services.TryAddSingleton(static s => ResponseCaches.Create(s));
        services.AddSingleton(static s => Share(s));
        services.AddSingleton<IResponseCachePurger>(static s => s.GetRequiredService<CachingShared>().Purger);
        services.AddSingleton<CachingEngines>();
        return services;
    }

    /// <summary>Puts a store on disk behind the one in memory: larger, and there again when the application is started anew. May be called any number of times; settings add up.</summary>
    /// <remarks>
    /// The bounds of the store in memory are those of <see cref="AddNet2ResponseCache"/>, those of the work between the two are <see cref="TieredResponseCacheOptions"/>. An <see cref="IResponseCache"/> of the application's own
    /// takes the place of both.
    /// </remarks>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets the folder, and what else differs from the defaults.</param>
    public static IServiceCollection AddNet2DiskResponseCache(this IServiceCollection services, Action<DiskResponseCacheOptions>? configure = null)
    {
        services.AddNet2ResponseCache();
        var options = services.AddOptions<DiskResponseCacheOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DiskResponseCacheOptions>, DiskResponseCacheOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<SecondTier, DiskTier>());
        return services;
    }

    /// <summary>Puts a store that processes share behind the one in memory: what one of them has fetched the others find. May be called any number of times; settings add up.</summary>
    /// <remarks>
    /// It uses the <see cref="Microsoft.Extensions.Caching.Distributed.IDistributedCache"/> of the application, such as that of the packages for Redis or SQL Server, which has to be registered as well. Purges and invalidations reach
    /// the memory of every process that shares it, within a second.
    /// </remarks>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets what differs from the defaults; the same in all processes.</param>
    public static IServiceCollection AddNet2DistributedResponseCache(this IServiceCollection services, Action<DistributedResponseCacheOptions>? configure = null)
    {
        services.AddNet2ResponseCache();
        var options = services.AddOptions<DistributedResponseCacheOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DistributedResponseCacheOptions>, DistributedResponseCacheOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<SecondTier, DistributedTier>());
        return services;
    }

    private static CachingShared Share(IServiceProvider services)
    {
        var cache = services.GetRequiredService<IResponseCache>();
        var meters = services.GetRequiredService<IMeterFactory>();
        if (cache is IResponseCacheUsage usage) CachingMetrics.Observe(meters, usage);
        return new CachingShared(cache, services.GetRequiredService<TimeProvider>(), meters, services.GetRequiredService<ILoggerFactory>().CreateLogger("Net2Secure.Routing.Caching"));
    }
}
