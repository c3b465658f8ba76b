using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>The shared store as the second tier of an application.</summary>
internal sealed class DistributedTier(IServiceProvider services, IOptions<DistributedResponseCacheOptions> options, TimeProvider time, ILoggerFactory loggers)
    : SecondTier(new DistributedResponseCache(CacheOf(services), options.Value, time, loggers.CreateLogger("Net2Secure.Routing.Caching")), "distributed", options.Value.MaxBodyBytes, isShared: true)
{
    /// <exception cref="InvalidOperationException">The application has none.</exception>
    private static IDistributedCache CacheOf(IServiceProvider services) => services.GetService<IDistributedCache>() ?? throw new InvalidOperationException(
        "AddNet2DistributedResponseCache needs the IDistributedCache of the application, and there is none. Add one, such as by AddStackExchangeRedisCache or AddDistributedSqlServerCache.");
}
