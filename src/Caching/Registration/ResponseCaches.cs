using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>Makes the store of an application out of what it has asked for.</summary>
internal static class ResponseCaches
{
    /// <summary>The store in memory, with another one behind it if there is one.</summary>
    /// <exception cref="InvalidOperationException">There is more than one.</exception>
    public static IResponseCache Create(IServiceProvider services)
    {
        var memory = new MemoryResponseCache(services.GetRequiredService<IOptions<MemoryResponseCacheOptions>>().Value);
        SecondTier[] tiers = [.. services.GetServices<SecondTier>(), .. services.GetServices<ISecondTierSource>().Select(static source => source.Create()).OfType<SecondTier>()];
        return tiers.Length switch
        {
            0 => memory,
            1 => new TieredResponseCache(
                memory, tiers[0], services.GetRequiredService<IOptions<TieredResponseCacheOptions>>().Value, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<IMeterFactory>(),
                services.GetRequiredService<ILoggerFactory>().CreateLogger("Net2Secure.Routing.Caching")),
            _ => throw new InvalidOperationException($"There can be one store behind the one in memory, and there are {tiers.Length}: {string.Join(", ", tiers.Select(static t => t.Name))}. Add one of them."),
        };
    }
}
