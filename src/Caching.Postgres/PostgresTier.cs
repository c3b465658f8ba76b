using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>The store in PostgreSQL as the second tier of an application.</summary>
internal sealed class PostgresTier(IServiceProvider services, IOptions<PostgresResponseCacheOptions> options, TimeProvider time, ILoggerFactory loggers)
    : SecondTier(new PostgresResponseCache(options.Value, SourceOf(services, options.Value), time, loggers.CreateLogger("Net2Secure.Routing.Caching.Postgres")), "postgres", options.Value.MaxBodyBytes, isShared: true)
{
    /// <exception cref="InvalidOperationException">There is neither a connection string nor a source of connections.</exception>
    private static NpgsqlDataSource? SourceOf(IServiceProvider services, PostgresResponseCacheOptions options) => options.ConnectionString is not null ? null : services.GetService<NpgsqlDataSource>()
        ?? throw new InvalidOperationException($"AddNet2PostgresResponseCache needs a server: set {nameof(options.ConnectionString)}, or add an NpgsqlDataSource to the services.");
}
