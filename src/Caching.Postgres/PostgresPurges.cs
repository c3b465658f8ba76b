using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>Purges what is stored, tells every process of it, and hears what others have purged.</summary>
/// <remarks>
/// <para>Each purge is a row, and a NOTIFY without content says that there is a new one. Who hears it reads the rows that it has not read, as who has lost its connection does when it has one again, and everybody does twice a
/// second anyway: behind a proxy of connections that does not pass NOTIFY on, purges arrive by that.</para>
/// <para>What could not be purged is kept and tried again until it is; meanwhile it is not found. Who was away for longer than rows are kept hears that everything has been purged. Thread-safe.</para>
/// </remarks>
internal sealed class PostgresPurges : ICachePurgeChannel, IAsyncDisposable
{
    /// <summary>How long a row of a purge stays at least.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    /// <summary>Most purges that wait to be made. With more everything is purged.</summary>
    public const int MaxWaiting = 1024;

    private const int PurgeSeconds = 30;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly PostgresDatabase _database;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<long> _read = [];
    private CachePurge[] _waiting = [];
    private ulong _horizon;
    private long _readAt;
    private Task? _listening;

    public PostgresPurges(PostgresDatabase database, TimeProvider time, ILogger logger) => (_database, _time, _logger) = (database, time, logger);

    /// <inheritdoc/>
    public event EventHandler<CachePurgedEventArgs>? Purged;

    /// <summary>Tells this process from the others. New with each start.</summary>
    public Guid Publisher { get; } = Guid.NewGuid();

    /// <summary>Begins to listen, from what is purged after this moment on.</summary>
    public async Task StartAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var horizon = _database.Command(connection, _database.Commands.Horizon);
        await using (horizon.ConfigureAwait(false))
        {
            var now = (ulong)(await horizon.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
            lock (_lock)
            {
                if (_listening is not null) return;
                (_horizon, _readAt) = (now, _time.GetTimestamp());
                _listening = Task.Run(ListenAsync, CancellationToken.None);
            }

            if (_database.HasFailed) Purged?.Invoke(this, new(CachePurge.ForEverything()));
        }
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(CachePurge purge, CancellationToken cancellationToken) => await PurgeAsync(purge, cancellationToken).ConfigureAwait(false);

    /// <summary>Purges what is stored, and tells the others.</summary>
    /// <returns>How many responses were concerned.</returns>
    public async Task<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken)
    {
        // Nothing that is stored has such a name.
        if (!PostgresResponseCache.IsText(purge.Value) || !PostgresResponseCache.IsText(purge.Partition ?? "")) return 0;
        try
        {
            return await MakeAsync(purge, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _database.Failed(e);
            Wait(purge);
            throw;
        }
    }

    /// <summary>What purges that wait to be made leave of a response.</summary>
    /// <returns><see langword="null"/>: nothing.</returns>
    public CachedHead? Left(CacheKey key, CachedHead head, bool isDoubted)
    {
        foreach (var purge in Volatile.Read(ref _waiting))
        {
            if (!purge.Concerns(key, head.Tags)) continue;
            if (!purge.IsSoft) return null;
            isDoubted = true;
        }

        return head.IsDoubted == isDoubted ? head : head.With(isDoubted: isDoubted);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_listening is not null) await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Wait(CachePurge purge)
    {
        lock (_lock)
        {
            if (Array.IndexOf(_waiting, purge) >= 0) return;
            Volatile.Write(ref _waiting, _waiting.Length < MaxWaiting ? [.. _waiting, purge] : [CachePurge.ForEverything()]);
        }
    }

    private async Task<long> MakeAsync(CachePurge purge, CancellationToken cancellationToken)
    {
        var connection = await _database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false)) return await MakeAsync(connection, purge, cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> MakeAsync(NpgsqlConnection connection, CachePurge purge, CancellationToken cancellationToken)
    {
        var batch = _database.Batch(connection);
        await using (batch.ConfigureAwait(false))
        {
            var commands = _database.Commands;
            if (purge.Kind == CachePurgeKind.Uri)
            {
                // There may be many of these, as unsafe requests make them: they keep out nobody but those who store under the same URI.
                PostgresResponseCache.Add(batch, commands.LockToStore, PostgresResponseCache.Value(PostgresResponseCache.LockOf(purge.Value)));
            }
            else
            {
                batch.Timeout = PurgeSeconds;
                PostgresResponseCache.Add(batch, commands.LockToPurge);
            }

            AddRow(batch, purge);
            PostgresResponseCache.Add(batch, commands.Purge(purge.Kind, purge.IsSoft), PostgresResponseCache.Value(purge.Value), Text(purge.Partition));
            PostgresResponseCache.Add(batch, commands.Notify);
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return (long)batch.BatchCommands[2].RecordsAffected;
        }
    }

    private void AddRow(NpgsqlBatch batch, CachePurge purge) => PostgresResponseCache.Add(
        batch, _database.Commands.Publish,
        PostgresResponseCache.Value(Publisher), PostgresResponseCache.Value((short)purge.Kind), PostgresResponseCache.Value(purge.Value), Text(purge.Partition), PostgresResponseCache.Value(purge.IsSoft));

    private static NpgsqlParameter Text(string? text) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = text is null ? DBNull.Value : text };

    private async Task ListenAsync()
    {
        var pause = FirstPause;
        var isLost = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var connection = await _database.OpenAsync(_stop.Token).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    var listen = _database.Command(connection, _database.Commands.Listen);
                    await using (listen.ConfigureAwait(false)) await listen.ExecuteNonQueryAsync(_stop.Token).ConfigureAwait(false);
                    while (true)
                    {
                        await CatchUpAsync(connection, _stop.Token).ConfigureAwait(false);
                        if (isLost) PostgresLog.Listening(_logger);
                        (isLost, pause) = (false, FirstPause);
                        await connection.WaitAsync(PollInterval, _stop.Token).ConfigureAwait(false);
                    }
                }
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _database.Failed(e);
                if (!isLost) PostgresLog.NotListening(_logger, Shown(e));
                isLost = true;
            }

            await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause + pause < LongestPause ? pause + pause : LongestPause;
        }
    }

    /// <summary>Makes the purges that wait, and reads what others have made.</summary>
    private async Task CatchUpAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var purge in Volatile.Read(ref _waiting))
        {
            await MakeAsync(connection, purge, cancellationToken).ConfigureAwait(false);
            lock (_lock) Volatile.Write(ref _waiting, Array.FindAll(_waiting, other => other != purge));
        }

        var began = _time.GetTimestamp();
        var news = new List<(long Number, CachePurge? Purge)>();
        var horizon = 0ul;
        var command = _database.Command(connection, _database.Commands.News, new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Xid8, Value = _horizon });
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    horizon = reader.GetFieldValue<ulong>(0);
                    if (!reader.IsDBNull(1)) news.Add((reader.GetInt64(1), Read(reader)));
                }
            }
        }

        // Rows may be gone that were not read; or this is another server, whose numbers say nothing.
        var hasMissed = news.Count > PostgresCommands.MaxPurgesRead || horizon < _horizon || _time.GetElapsedTime(_readAt, began) > KeptFor / 2;
        foreach (var (number, purge) in news)
        {
            if (_read.Add(number) && purge is not null && !hasMissed) Purged?.Invoke(this, new(purge));
        }

        if (hasMissed) Purged?.Invoke(this, new(CachePurge.ForEverything()));
        if (horizon > _horizon || hasMissed) _read.IntersectWith(news.Select(static n => n.Number));
        (_horizon, _readAt) = (horizon, began);
    }

    /// <returns><see langword="null"/>: it is our own, or none that concerns anybody's memory.</returns>
    private CachePurge? Read(NpgsqlDataReader reader)
    {
        var publisher = reader.GetGuid(2);
        if (publisher == Publisher || publisher == Guid.Empty) return null;
        var value = reader.GetString(4);
        var purge = (CachePurgeKind)reader.GetInt16(3) switch
        {
            CachePurgeKind.Uri => CachePurge.ForUri(value),
            CachePurgeKind.Prefix => CachePurge.ForPrefix(value),
            CachePurgeKind.Tag => CachePurge.ForTag(value),
            _ => CachePurge.ForEverything(),
        };
        return purge with { Partition = reader.IsDBNull(5) ? null : reader.GetString(5), IsSoft = reader.GetBoolean(6) };
    }

    // Messages of the driver may name host and user, never the password; the stack says nothing to an operator.
    private static string Shown(Exception e) => $"{e.GetType().Name}: {e.Message}";
}
