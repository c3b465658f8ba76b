namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>Settings of the store in PostgreSQL. All processes that share one have to have the same.</summary>
public sealed class PostgresResponseCacheOptions
{
    /// <summary>
    /// Where the server is and who asks, in Npgsql's form (<c>Host=…;Database=…;Username=…</c>). Never written to a log. <see langword="null"/>: that of
    /// <see cref="ConnectionStringName"/>. Default: <see langword="null"/>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The name of a connection string under <c>ConnectionStrings</c> in the application's configuration, read when the store is made. Not beside a ConnectionString in code. Default: none, the application's own
    /// <c>NpgsqlDataSource</c> is used.
    /// </summary>
    public string? ConnectionStringName { get; set; }

    /// <summary>The schema of the tables, made if it is missing. 1 to 63 bytes; case counts. Default: <c>net2</c>.</summary>
    public string Schema { get; set; } = "net2";

    /// <summary>The table of responses; the one of purges is called the same with <c>_purges</c> behind. 1 to 48 bytes; case counts. Default: <c>responses</c>.</summary>
    public string Table { get; set; } = "responses";

    /// <summary>Bytes that all responses may take, heads and overhead included. May be exceeded for a moment: it is looked after every <see cref="SweepInterval"/>, and sooner where much comes in. 1 MiB to 16 TiB. Default: 1 GiB.</summary>
    public long MaxBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Bytes that the body of a response may have; a larger one is not shared. 1 KiB to 64 MiB. Default: 1 MiB, as a body travels whole and is in memory meanwhile.</summary>
    public long MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes of memory that bodies on their way to and from the server may take together; what finds no room is not stored, or not found. At least <see cref="MaxBodyBytes"/>, at most 1 TiB. Default: 64 MiB.</summary>
    public long MaxTransferBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Connections to the server at most, beside one that listens; where <see cref="ConnectionString"/> is set. 1 to 1,000. Default: 16.</summary>
    public int MaxConnections { get; set; } = 16;

    /// <summary>How long a connection and a command may take. 1 s to 1 min, whole seconds. Default: 2 s. Requests do not wait that long: they go on without the store after <see cref="CachingOptions.StoreTimeout"/>.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a response is kept beyond its freshness, unless it asks for longer by <c>stale-while-revalidate</c> or <c>stale-if-error</c>. 0 to 30 d. Default: 1 h.</summary>
    public TimeSpan MaxStale { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The longest that a response is kept, whatever its fields say. 1 min to 365 d. Default: 7 d.</summary>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Time between two rounds that remove what is over or beyond <see cref="MaxBytes"/>. One process makes them for all. 1 s to 1 h. Default: 30 s.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same with a connection string.</summary>
    internal PostgresResponseCacheOptions With(string connectionString)
    {
        var copy = (PostgresResponseCacheOptions)MemberwiseClone();
        (copy.ConnectionString, copy.ConnectionStringName) = (connectionString, null);
        return copy;
    }
}
