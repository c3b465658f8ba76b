using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>The shared store as the second tier of an application.</summary>
internal sealed class DistributedTier(IServiceProvider services, IOptions<DistributedResponseCacheOptions> options, TimeProvider time, ILoggerFactory loggers)
    : SecondTier(Create(services, options.Value, time, loggers), "distributed", options.Value.MaxBodyBytes, isShared: true)
{
    /// <summary>Makes the store over the cache of the application.</summary>
    /// <exception cref="InvalidOperationException">The application has none.</exception>
    public static DistributedResponseCache Create(IServiceProvider services, DistributedResponseCacheOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        var cache = options.ServiceKey is { } key ? services.GetKeyedService<IDistributedCache>(key) : services.GetService<IDistributedCache>();
        return new DistributedResponseCache(
            cache ?? throw new InvalidOperationException($"The store of responses that processes share: {nameof(options.ServiceKey)} {Missing(options.ServiceKey)}"), options, time, loggers.CreateLogger("Net2Secure.Routing.Caching"));
    }

    /// <summary>Whether the application has the cache, as far as its services tell without making it.</summary>
    public static bool HasCache(IServiceProvider services, string? key) => key is null
        ? services.GetService<IServiceProviderIsService>()?.IsService(typeof(IDistributedCache)) ?? true
        : services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IDistributedCache), key) ?? true;

    /// <summary>What to tell whoever has none.</summary>
    public static string Missing(string? key) => key is null
        ? "is not set, and the application has no IDistributedCache. Add one, such as by services.AddStackExchangeRedisCache or AddDistributedSqlServerCache."
        : $"is '{key}', and the application has no IDistributedCache with that key. Add one by services.AddKeyedSingleton<IDistributedCache>(\"{key}\", …), or leave the setting out for the one without a key.";
}
