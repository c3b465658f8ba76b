using Npgsql;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>The connections to the server, and the tables there. Thread-safe.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private const string NoTable = "42P01";
    private const string NoSchema = "3F000";

    private readonly NpgsqlDataSource _source;
    private readonly bool _isOurs;
    private readonly PostgresResponseCacheOptions _options;
    private readonly PostgresNames _names;
    private readonly SemaphoreSlim _settingUp = new(1, 1);
    private volatile bool _isReady;

    /// <param name="options">Valid settings.</param>
    /// <param name="source">The application's connections; <see langword="null"/>: made from the settings.</param>
    public PostgresDatabase(PostgresResponseCacheOptions options, NpgsqlDataSource? source)
    {
        _options = options;
        _isOurs = source is null;
        _source = source ?? NpgsqlDataSource.Create(WithBounds(options));
        _names = new PostgresNames(options.Schema, options.Table);
        Seconds = (int)options.CommandTimeout.TotalSeconds;
        Commands = new PostgresCommands(_names, Seconds);
    }

    public PostgresCommands Commands { get; }

    public int LockClass => _names.LockClass;

    /// <summary>How long a command may take.</summary>
    public int Seconds { get; }

    /// <summary>The server could not be used at first, so that something may have been missed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Called once the tables are there for the first time, and when they had to be made anew; before anybody uses them.</summary>
    public Func<NpgsqlConnection, CancellationToken, Task>? Ready { get; set; }

    /// <summary>A connection to a server that has the tables.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_isReady) await SetUpAsync(cancellationToken).ConfigureAwait(false);
        return await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>To be told of what went wrong: tables that are gone are made again.</summary>
    public void Failed(Exception e)
    {
        if (e is PostgresException { SqlState: NoTable or NoSchema }) _isReady = false;
    }

    public NpgsqlBatch Batch(NpgsqlConnection connection) => new(connection) { Timeout = Seconds };

    public NpgsqlCommand Command(NpgsqlConnection connection, string text, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(text, connection) { CommandTimeout = Seconds };
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOurs) await _source.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What a user has set himself stays, but for what waits and gathers without a bound of ours.</summary>
    private static NpgsqlConnectionStringBuilder WithBounds(PostgresResponseCacheOptions options)
    {
        var seconds = (int)options.CommandTimeout.TotalSeconds;
        var text = new NpgsqlConnectionStringBuilder(options.ConnectionString) { Timeout = seconds, CommandTimeout = seconds, CancellationTimeout = 1000, MaxPoolSize = options.MaxConnections + 1 };
        text.MinPoolSize = Math.Min(text.MinPoolSize, text.MaxPoolSize);
        text.ApplicationName ??= "net2-cache";
        return text;
    }

    private async Task SetUpAsync(CancellationToken cancellationToken)
    {
        await _settingUp.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isReady) return;
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                // Asked first: whoever may not make tables may use those that somebody has made.
                if (!await ExistAsync(connection, cancellationToken).ConfigureAwait(false))
                {
                    var setup = Command(connection, Commands.Setup);
                    await using (setup.ConfigureAwait(false)) await setup.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }

                if (Ready is { } ready) await ready(connection, cancellationToken).ConfigureAwait(false);
            }

            _isReady = true;
        }
        catch
        {
            HasFailed = true;
            throw;
        }
        finally
        {
            _settingUp.Release();
        }
    }

    private async Task<bool> ExistAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var exist = Command(connection, Commands.Exist, new NpgsqlParameter<string> { TypedValue = _names.Responses }, new NpgsqlParameter<string> { TypedValue = _names.Purges });
        await using (exist.ConfigureAwait(false))
        {
            var reader = await exist.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var encoding = reader.GetString(1);
                if (encoding != "UTF8") throw new InvalidOperationException($"The database has the encoding {encoding}, and the cache needs one with UTF8. Name another database, or make one by CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.");
                return reader.GetBoolean(0);
            }
        }
    }
}
