using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>Removes in the background what is over, and what is beyond the bound: what was used least lately. One process at a time does it for all, by an advisory lock.</summary>
internal sealed class PostgresSweeper : IAsyncDisposable
{
    /// <summary>Most uses that are remembered between two rounds; further ones are forgotten.</summary>
    private const int MaxTouched = 4096;

    /// <summary>A round comes early when this process alone has stored this part of the bound.</summary>
    private const int EarlyPart = 16;

    /// <summary>Commands of a round at most, so that it comes to an end.</summary>
    private const int MaxCommands = 1000;

    private readonly PostgresDatabase _database;
    private readonly PostgresResponseCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<Guid, bool> _touched = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _early = new(0, 1);
    private readonly Lock _lock = new();
    private Task? _sweeping;
    private long _stored;
    private long _bytes;
    private long _entries;
    private long _evictions;

    public PostgresSweeper(PostgresDatabase database, PostgresResponseCacheOptions options, TimeProvider time, ILogger logger) => (_database, _options, _time, _logger) = (database, options, time, logger);

    /// <summary>Bytes at the end of the last round.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Responses at the end of the last round.</summary>
    public long Entries => Volatile.Read(ref _entries);

    /// <summary>Responses that this process has removed to make room.</summary>
    public long Evictions => Volatile.Read(ref _evictions);

    public void Start()
    {
        lock (_lock) _sweeping ??= Task.Run(SweepAsync, CancellationToken.None);
    }

    /// <summary>A response was used.</summary>
    public void Touch(Guid id)
    {
        if (_touched.Count < MaxTouched) _touched.TryAdd(id, true);
    }

    /// <summary>A response was stored.</summary>
    public void Stored(long bytes)
    {
        if (Interlocked.Add(ref _stored, bytes) < _options.MaxBytes / EarlyPart) return;
        Volatile.Write(ref _stored, 0);
        lock (_lock)
        {
            if (_early.CurrentCount == 0) _early.Release();
        }
    }

    /// <summary>A round.</summary>
    public async Task SweepOnceAsync(CancellationToken cancellationToken)
    {
        var connection = await _database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await TouchAsync(connection, cancellationToken).ConfigureAwait(false);
            var isOurs = _database.Command(connection, _database.Commands.TrySweepLock);
            await using (isOurs.ConfigureAwait(false))
            {
                if (await isOurs.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true) await RemoveAsync(connection, cancellationToken).ConfigureAwait(false);
            }

            (_bytes, _entries) = await PairAsync(connection, _database.Commands.Usage, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_sweeping is not null) await _sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task SweepAsync()
    {
        var hasFailed = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await SweepOnceAsync(_stop.Token).ConfigureAwait(false);
                hasFailed = false;
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                _database.Failed(e);
                if (!hasFailed) PostgresLog.SweepFailed(_logger, $"{e.GetType().Name}: {e.Message}");
                hasFailed = true;
            }

            await WaitAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WaitAsync()
    {
        using var interval = new CancellationTokenSource(_options.SweepInterval, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interval.Token, _stop.Token);
        await _early.WaitAsync(either.Token).ConfigureAwait(false);
    }

    private async Task TouchAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        Guid[] touched = [.. _touched.Keys];
        if (touched.Length == 0) return;
        foreach (var id in touched) _touched.TryRemove(id, out _);
        await RunAsync(connection, _database.Commands.Touch, cancellationToken, PostgresResponseCache.Value(touched)).ConfigureAwait(false);
    }

    private async Task RemoveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            for (var i = 0; i < MaxCommands && await RunAsync(connection, _database.Commands.SweepExpired, cancellationToken).ConfigureAwait(false) > 0; i++)
            {
            }

            var (bytes, _) = await PairAsync(connection, _database.Commands.Usage, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < MaxCommands && bytes > _options.MaxBytes; i++)
            {
                var (freed, count) = await PairAsync(connection, _database.Commands.SweepOldest, cancellationToken, PostgresResponseCache.Value(bytes - _options.MaxBytes)).ConfigureAwait(false);
                if (count == 0) break;
                bytes -= freed;
                Interlocked.Add(ref _evictions, count);
            }

            await RunAsync(connection, _database.Commands.SweepPurges, cancellationToken, PostgresResponseCache.Value(PostgresPurges.KeptFor), PostgresResponseCache.Value(Guid.Empty)).ConfigureAwait(false);
            await RunAsync(connection, _database.Commands.SweepFloors, cancellationToken, PostgresResponseCache.Value(Guid.Empty)).ConfigureAwait(false);
        }
        finally
        {
            // Where this fails the connection is broken, and the lock gone with it.
            await RunAsync(connection, _database.Commands.SweepUnlock, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<int> RunAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var command = _database.Command(connection, text, parameters);
        await using (command.ConfigureAwait(false)) return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<(long First, long Second)> PairAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var command = _database.Command(connection, text, parameters);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return (reader.GetInt64(0), reader.GetInt64(1));
            }
        }
    }
}
