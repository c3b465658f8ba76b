using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Caching.Postgres;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a store in PostgreSQL to an application.</summary>
public static class PostgresServiceCollectionExtensions
{
    /// <summary>Puts a store in PostgreSQL behind the one in memory: what one process has fetched the others find, and purges and invalidations reach the memory of all at once. May be called any number of times; settings add up.</summary>
    /// <remarks>The tables are made when they are first needed. A server that cannot be reached delays no start, and no request by more than <see cref="TieredResponseCacheOptions.Timeout"/>.</remarks>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Says where the server is, and what else differs from the defaults; the same in all processes.</param>
    public static IServiceCollection AddNet2PostgresResponseCache(this IServiceCollection services, Action<PostgresResponseCacheOptions>? configure = null)
    {
        services.AddNet2ResponseCache();
        var options = services.AddOptions<PostgresResponseCacheOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgresResponseCacheOptions>, PostgresResponseCacheOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<SecondTier, PostgresTier>());
        return services;
    }

    /// <summary>Lets the configuration of a proxy choose a store in PostgreSQL by a section <c>Cache:Postgres</c>; without the section nothing is put anywhere. May be called any number of times.</summary>
    /// <remarks>In place of <see cref="AddNet2PostgresResponseCache"/>, not beside it. The settings are those of <see cref="PostgresResponseCacheOptions"/>, but for the connection string, which is named.</remarks>
    /// <param name="services">The services of the application.</param>
    public static IServiceCollection AddNet2PostgresResponseCacheKind(this IServiceCollection services)
    {
        services.AddNet2ResponseCache();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IResponseCacheKind, PostgresKind>());
        return services;
    }
}
