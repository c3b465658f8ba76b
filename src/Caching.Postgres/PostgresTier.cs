using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>The store in PostgreSQL as the second tier of an application.</summary>
internal sealed class PostgresTier(IServiceProvider services, IOptions<PostgresResponseCacheOptions> options, TimeProvider time, ILoggerFactory loggers)
    : SecondTier(PostgresServers.Open(services, options.Value, time, loggers), "postgres", options.Value.MaxBodyBytes, isShared: true);
