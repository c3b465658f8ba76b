using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>Finds the server that settings mean: by a connection string, by the name of one in the application's configuration, or by the application's own source of connections. No message has a connection string in it.</summary>
internal static class PostgresServers
{
    /// <summary>What to tell whoever wrote something else.</summary>
    public const string NoConnectionString = "is no connection string of Npgsql (its value is not shown here, as it may hold a password); it looks like 'Host=db;Database=cache;Username=proxy'";

    private const string ConnectionStrings = "ConnectionStrings";

    /// <summary>Makes the store on the server that the settings mean.</summary>
    /// <exception cref="InvalidOperationException">They mean none; the message says what to do.</exception>
    public static PostgresResponseCache Open(IServiceProvider services, PostgresResponseCacheOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        if (FindMistake(services, options) is { } mistake) throw new InvalidOperationException($"The store of responses in PostgreSQL: {nameof(options.ConnectionStringName)} {mistake}");
        var found = options.ConnectionStringName is { } name ? options.With(Find(services, name)!) : options;
        var source = found.ConnectionString is null ? services.GetRequiredService<NpgsqlDataSource>() : null;
        return new PostgresResponseCache(found, source, time, loggers.CreateLogger("Net2Secure.Routing.Caching.Postgres"));
    }

    /// <summary>Why there is no server that <see cref="PostgresResponseCacheOptions.ConnectionStringName"/> leads to; <see langword="null"/>: there is one, or a connection string without a name.</summary>
    public static string? FindMistake(IServiceProvider services, PostgresResponseCacheOptions options)
    {
        if (options.ConnectionString is not null) return null;
        if (options.ConnectionStringName is not { } name)
        {
            return services.GetService<IServiceProviderIsService>()?.IsService(typeof(NpgsqlDataSource)) ?? true
                ? null : $"is not set, and the application has no NpgsqlDataSource. Write the connection string of the server under {ConnectionStrings}, and its name here; or add an NpgsqlDataSource to the services.";
        }

        // Whoever mistakes the one for the other has put a secret here.
        if (name.AsSpan().ContainsAny("=;")) return $"is no name (its value is not shown here, as it may hold a password). Write the connection string under {ConnectionStrings}, and its name here.";
        if (Find(services, name) is not { } text) return $"is '{name}', and the application's configuration has no connection string of that name. Set {ConnectionStrings}:{name}; as a variable of the environment it is {ConnectionStrings}__{name}.";
        return IsConnectionString(text) ? null : $"is '{name}', and {ConnectionStrings}:{name} {NoConnectionString}";
    }

    public static bool IsConnectionString(string text)
    {
        try
        {
            return !string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static string? Find(IServiceProvider services, string name) => services.GetService<IConfiguration>()?.GetConnectionString(name) is { Length: > 0 } text ? text : null;
}
