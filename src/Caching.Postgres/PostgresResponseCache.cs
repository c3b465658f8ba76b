using System.Buffers;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>Keeps responses in a table of PostgreSQL that a fleet shares.</summary>
/// <remarks>
/// <para>A store of its own rather than an <c>IDistributedCache</c>: a database compares and swaps, so that no variant is lost between two writers, and searches, so that a purge by tag or prefix is one command that removes.
/// </para>
/// <para>Consistency: what is removed or purged is not found from the moment that the call has ended, by no process; what others keep in memory hears of it by NOTIFY, within milliseconds. Storing and purging exclude each
/// other by advisory locks, and what was asked of the origin before a purge is not stored after it.</para>
/// <para>The table is unlogged: fast, and empty after a crash of the server. The table of purges is logged: no purge is lost with it.</para>
/// </remarks>
internal sealed class PostgresResponseCache : IResponseCache, IResponseCacheUsage, ISharedResponseCache, IAsyncDisposable, IDisposable
{
    private const int OverheadBytes = 512;

    private static readonly CachedResponse[] None = [];

    private readonly PostgresResponseCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly PostgresDatabase _database;
    private readonly PostgresPurges _purges;
    private readonly PostgresSweeper _sweeper;
    private readonly BorrowedBodies _bodies;

    /// <param name="options">Valid settings.</param>
    /// <param name="source">The application's connections; <see langword="null"/>: made from the settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For messages.</param>
    public PostgresResponseCache(PostgresResponseCacheOptions options, NpgsqlDataSource? source, TimeProvider time, ILogger logger)
    {
        (_options, _time) = (options, time);
        _database = new PostgresDatabase(options, source);
        _purges = new PostgresPurges(_database, time, logger);
        _sweeper = new PostgresSweeper(_database, options, time, logger);
        _bodies = new BorrowedBodies(options.MaxBodyBytes, options.MaxTransferBytes);
        _database.Ready = async (connection, cancellationToken) =>
        {
            await _purges.StartAsync(connection, cancellationToken).ConfigureAwait(false);
            _sweeper.Start();
        };
    }

    /// <inheritdoc/>
    public event EventHandler<CachePurgedEventArgs>? Purged
    {
        add => _purges.Purged += value;
        remove => _purges.Purged -= value;
    }

    /// <inheritdoc/>
    public long Bytes => _sweeper.Bytes;

    /// <inheritdoc/>
    public long Entries => _sweeper.Entries;

    /// <inheritdoc/>
    public long Evictions => _sweeper.Evictions;

    private static ReadOnlySpan<byte> Kind => "N2H1"u8;

    public async ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (!IsText(key)) return None;
        List<CachedResponse>? found = null;
        List<Guid>? broken = null;
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var command = _database.Command(connection, _database.Commands.Find, Value(PostgresNames.HashOf(key)), Value(key.Uri), Value(key.Partition));
            await using (command.ConfigureAwait(false))
            {
                var reader = await ReadAsync(command, cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        var id = reader.GetGuid(0);
                        if (Read(reader.GetFieldValue<byte[]>(1)) is not { } head) (broken ??= []).Add(id);
                        else if (_purges.Left(key, head, reader.GetBoolean(2)) is { } left) (found ??= []).Add(new PostgresResponse(this, id, left, reader.GetInt64(3)));
                    }
                }
            }

            foreach (var id in broken ?? []) await DropAsync(connection, id, cancellationToken).ConfigureAwait(false);
        }

        return found is null ? None : found;
    }

    public async ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(body);
        if (!IsText(key) || !head.Tags.All(IsText)) return false;
        var expected = ByteRange.TryPosition(new FieldView(head.Fields).First(FieldNames.ContentLength), out var length) ? length : -1;
        if (await _bodies.TakeAsync(body, expected, cancellationToken).ConfigureAwait(false) is not { } taken) return false;
        var bytes = ArrayPool<byte>.Shared.Rent((int)taken.Length);
        try
        {
            for (var position = 0L; position < taken.Length;)
            {
                var part = taken.At(position, taken.Length);
                part.CopyTo(bytes.AsMemory((int)position));
                position += part.Length;
            }

            return await StoreAsync(key, head, bytes.AsMemory(0, (int)taken.Length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Npgsql has copied or sent it all by now, or has given the connection up.
            ArrayPool<byte>.Shared.Return(bytes);
            _bodies.Return(taken);
        }
    }

    public async ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (current is not PostgresResponse { Id: var id, Length: var length } || current.Head.Variant != head.Variant || !IsText(key) || !head.Tags.All(IsText)) return null;
        var written = Write(head);
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var batch = _database.Batch(connection);
            await using (batch.ConfigureAwait(false))
            {
                Add(batch, _database.Commands.LockToStore, Value(LockOf(key.Uri)));
                Add(
                    batch, _database.Commands.Update,
                    Value(key.Uri), Value(key.Partition), Value(AgeOf(head)), Value(head.Tags.ToArray()), Value(_purges.Publisher), Value(id), Value(PostgresNames.HashOf(key)),
                    Value(PostgresNames.HashOf(head.Variant)), Value(written), Value(head.IsDoubted), Value(BytesOf(key, written, length)), Value(LifetimeOf(head)));
                var reader = await ReadAsync(batch, cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                    if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) return null;
                    return _purges.Left(key, head, reader.GetBoolean(0)) is { } left ? new PostgresResponse(this, id, left, length) : null;
                }
            }
        }
    }

    public async ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken) =>
        (int)await _purges.PurgeAsync(CachePurge.ForUri(key.Uri) with { Partition = key.Partition }, cancellationToken).ConfigureAwait(false);

    public ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(purge);
        return new(_purges.PurgeAsync(purge, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<int> ForgetAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var batch = _database.Batch(connection);
            await using (batch.ConfigureAwait(false))
            {
                Add(batch, _database.Commands.LockToStore, Value(LockOf(key.Uri)));
                Add(batch, _database.Commands.Forget, Value(PostgresNames.HashOf(key)));
                await ExecuteAsync(batch, cancellationToken).ConfigureAwait(false);
                return (int)batch.BatchCommands[1].RecordsAffected;
            }
        }
    }

    /// <summary>A part of a body, whole in memory: what is removed while a client reads it slowly does not break off.</summary>
    public async ValueTask<Stream?> OpenAsync(Guid id, long offset, long count, CancellationToken cancellationToken)
    {
        if (count == 0) return Stream.Null;
        if (_bodies.Begin(count) is not { } segments) return null;
        var isWhole = false;
        try
        {
            var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                // Positions count from 1.
                var command = _database.Command(connection, _database.Commands.Body, Value(id), Value((int)offset + 1), Value((int)count));
                await using (command.ConfigureAwait(false))
                {
                    var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, cancellationToken).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                    {
                        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) return null;
                        var body = reader.GetStream(0);
                        await using (body.ConfigureAwait(false))
                        {
                            while (segments.Length <= count && await body.ReadAsync(segments.GetRoom(), cancellationToken).ConfigureAwait(false) is var read and > 0) segments.Advance(read);
                        }
                    }
                }
            }

            isWhole = segments.Length == count;
        }
        finally
        {
            if (!isWhole) _bodies.GiveUp(segments, count);
        }

        return isWhole ? _bodies.Open(segments, count, 0, count) : null;
    }

    /// <summary>Remembers that a response was used.</summary>
    public void Touch(Guid id) => _sweeper.Touch(id);

    public async ValueTask DisposeAsync()
    {
        await _purges.DisposeAsync().ConfigureAwait(false);
        await _sweeper.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The same, without waiting for what is going on.</summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    // A database keeps neither zeros nor half characters in a text.
    internal static bool IsText(string text) => !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') && !text.Contains('\0', StringComparison.Ordinal);

    internal static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    internal static void Add(NpgsqlBatch batch, string text, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        batch.BatchCommands.Add(command);
    }

    /// <summary>One for all partitions of a URI, as unsafe requests remove it from all of them.</summary>
    internal static int LockOf(string uri) => BitConverter.ToInt32(PostgresNames.HashOf(uri));

    private static bool IsText(CacheKey key) => IsText(key.Uri) && IsText(key.Partition);

    private static byte[] Write(CachedHead head)
    {
        var writer = new FormatWriter(Kind);
        HeadFormat.Write(writer, head);
        return writer.Seal().ToArray();
    }

    private static CachedHead? Read(byte[] written)
    {
        var reader = new FormatReader(written, Kind);
        var head = HeadFormat.Read(ref reader);
        return reader.IsWhole ? head : null;
    }

    private static long BytesOf(CacheKey key, byte[] head, long bodyBytes) => bodyBytes + head.Length + (2L * key.Uri.Length) + OverheadBytes;

    private async Task<bool> StoreAsync(CacheKey key, CachedHead head, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var written = Write(head);
        var hash = PostgresNames.HashOf(key);
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var batch = _database.Batch(connection);
            await using (batch.ConfigureAwait(false))
            {
                Add(batch, _database.Commands.LockToStore, Value(LockOf(key.Uri)));
                Add(
                    batch, _database.Commands.Store,
                    Value(key.Uri), Value(key.Partition), Value(AgeOf(head)), Value(head.Tags.ToArray()), Value(_purges.Publisher), Value(Guid.NewGuid()), Value(hash), Value(PostgresNames.HashOf(head.Variant)),
                    Value(written), Value(head.IsDoubted), Value(body), Value((long)body.Length), Value(BytesOf(key, written, body.Length)), Value(LifetimeOf(head)));
                Add(batch, _database.Commands.Trim, Value(hash));
                // Where a purge concerns it nothing is written: it is taken, and purged at once.
                await ExecuteAsync(batch, cancellationToken).ConfigureAwait(false);
            }
        }

        _sweeper.Stored(body.Length);
        return true;
    }

    private TimeSpan LifetimeOf(CachedHead head) => ShelfLife.Of(head, _time.GetUtcNow(), _options.MaxStale, _options.MaxLifetime);

    /// <summary>How long ago it was asked for: the only thing that this process says of time, so that its clock may be wrong.</summary>
    private TimeSpan AgeOf(CachedHead head)
    {
        var age = _time.GetUtcNow() - head.RequestTime;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    private async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => await _database.OpenAsync(cancellationToken).ConfigureAwait(false);

    private async Task<NpgsqlDataReader> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _database.Failed(e);
            throw;
        }
    }

    private async Task<NpgsqlDataReader> ReadAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            return await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _database.Failed(e);
            throw;
        }
    }

    private async Task ExecuteAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _database.Failed(e);
            throw;
        }
    }

    private async Task DropAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        var command = _database.Command(connection, _database.Commands.Drop, Value(id));
        await using (command.ConfigureAwait(false)) await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
