using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>Keeps responses in an <see cref="IDistributedCache"/>, so that the processes of a fleet share what they have fetched.</summary>
/// <remarks>
/// <para>For each key there is an index of its variants with their heads, and for each variant a body under a name that is used once. The body is written before the index, so that what the index lists is whole.</para>
/// <para>Such a store cannot compare and swap. Two processes that change the index of one key at once may lose a variant, which is then fetched again; neither can get another's body, as bodies are never overwritten. Nor
/// can they bring back what was removed in between: the removal stands in a value of its own beside the index, and what was asked for before it does not count.</para>
/// <para>Nor can it be searched. A purge by prefix or tag is published (<see cref="PolledPurgeChannel"/>), and everybody judges by it what the index lists.</para>
/// <para>What cannot be read, or is another key's, is a miss and is removed.</para>
/// </remarks>
internal sealed class DistributedResponseCache : IResponseCache, ISharedResponseCache, IAsyncDisposable, IDisposable
{
    /// <summary>Locks that keep the writers of this process apart.</summary>
    private const int Stripes = 64;

    private static readonly CachedResponse[] None = [];

    private readonly SemaphoreSlim[] _writing = [.. Enumerable.Range(0, Stripes).Select(static _ => new SemaphoreSlim(1, 1))];
    private readonly DistributedResponseCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly DistributedKeys _keys;
    private readonly DistributedValues _values;
    private readonly BorrowedBodies _borrowed;
    private readonly DistributedBodies _bodies;
    private readonly KnownPurges _known;
    private readonly PolledPurgeChannel _channel;

    /// <param name="cache">Where values are kept.</param>
    /// <param name="options">Valid settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For messages.</param>
    public DistributedResponseCache(IDistributedCache cache, DistributedResponseCacheOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time) = (options, time);
        _keys = new DistributedKeys(options.KeyPrefix);
        _values = new DistributedValues(cache, options.OperationTimeout, time);
        _borrowed = new BorrowedBodies(options.MaxBodyBytes, options.MaxTransferBytes);
        _bodies = new DistributedBodies(_values, _keys, _borrowed);
        _known = new KnownPurges(options.MaxLifetime, options.ClockTolerance, time);
        _channel = new PolledPurgeChannel(_values, _keys, _known, options, time, logger);
    }

    /// <inheritdoc/>
    public event EventHandler<CachePurgedEventArgs>? Purged
    {
        add => _channel.Purged += value;
        remove => _channel.Purged -= value;
    }

    public async ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        await _channel.KeepInStepAsync(cancellationToken).ConfigureAwait(false);
        var index = await ReadAsync(key, cancellationToken).ConfigureAwait(false);
        if (index.Entries.Count == 0) return None;
        var found = new CachedResponse[index.Entries.Count];
        for (var i = 0; i < found.Length; i++) found[i] = new DistributedResponse(index.Entries[i], index.Entries[i].Head, _bodies);
        return found;
    }

    public async ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(body);
        var expected = ByteRange.TryPosition(new FieldView(head.Fields).First(FieldNames.ContentLength), out var length) ? length : -1;
        if (await _borrowed.TakeAsync(body, expected, cancellationToken).ConfigureAwait(false) is not { } taken) return false;
        try
        {
            await _channel.KeepInStepAsync(cancellationToken).ConfigureAwait(false);
            return await StoreAsync(key, head, taken, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _borrowed.Return(taken);
        }
    }

    public async ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (current is not DistributedResponse { Entry: var old } || old.Head.Variant != head.Variant) return null;
        await _channel.KeepInStepAsync(cancellationToken).ConfigureAwait(false);
        var writing = await LockAsync(key, cancellationToken).ConfigureAwait(false);
        try
        {
            var index = await ReadAsync(key, cancellationToken).ConfigureAwait(false);
            if (!index.Entries.Any(entry => entry.BodyId == old.BodyId && entry.Head.Variant == head.Variant)) return null;
            var entry = EntryFor(head, old.BodyId, old.Length) with { BodyExpiresAt = old.BodyExpiresAt };
            if (entry.ExpiresAt > entry.BodyExpiresAt)
            {
                // The body would go before its new head does: it is written again, for as long as the head is good.
                if (await _bodies.TakeAsync(old.BodyId, old.Length, cancellationToken).ConfigureAwait(false) is not { } body) return null;
                try
                {
                    entry = EntryFor(head, old.BodyId, old.Length);
                    await _bodies.WriteAsync(old.BodyId, body, entry.BodyExpiresAt - entry.StoredAt, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    _borrowed.Return(body);
                }
            }

            return await WriteAsync(key, index.With(entry), cancellationToken).ConfigureAwait(false) ? new DistributedResponse(entry, head, _bodies) : null;
        }
        finally
        {
            writing.Release();
        }
    }

    public async ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken)
    {
        IReadOnlyList<DistributedEntry> removed = [];
        var isMarked = false;
        try
        {
            var writing = await LockAsync(key, cancellationToken).ConfigureAwait(false);
            try
            {
                removed = (await ReadAsync(key, cancellationToken).ConfigureAwait(false)).Entries;
                await MarkAsync(_keys.Removal(key), cancellationToken).ConfigureAwait(false);
                isMarked = true;
                await _values.RemoveAsync(_keys.Index(key), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                writing.Release();
            }
        }
        finally
        {
            // The others have to hear of it in any case. Where the key could not be marked, the purge is one that lasts.
            await _channel.PublishAsync(CachePurge.ForUri(key.Uri) with { Partition = key.Partition }, isLasting: !isMarked, cancellationToken).ConfigureAwait(false);
        }

        foreach (var entry in removed) await _bodies.RemoveAsync(entry.BodyId, entry.Length, cancellationToken).ConfigureAwait(false);
        return removed.Count;
    }

    /// <returns>What was stored under the key where the purge names one in one partition; else 0, as nobody can count it.</returns>
    public async ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(purge);
        if (purge is { Kind: CachePurgeKind.Uri, Partition: { } partition, IsSoft: false }) return await RemoveAsync(new CacheKey(purge.Value, partition), cancellationToken).ConfigureAwait(false);
        if (purge is { Kind: CachePurgeKind.Uri, IsSoft: false }) await RemoveAsync(purge, cancellationToken).ConfigureAwait(false);
        else await _channel.PublishAsync(purge, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    /// <inheritdoc/>
    public async ValueTask<int> ForgetAsync(CacheKey key, CancellationToken cancellationToken)
    {
        IReadOnlyList<DistributedEntry> forgotten;
        var writing = await LockAsync(key, cancellationToken).ConfigureAwait(false);
        try
        {
            forgotten = (await ReadAsync(key, cancellationToken).ConfigureAwait(false)).Entries;
            if (forgotten.Count > 0) await _values.RemoveAsync(_keys.Index(key), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }

        foreach (var entry in forgotten) await _bodies.RemoveAsync(entry.BodyId, entry.Length, cancellationToken).ConfigureAwait(false);
        return forgotten.Count;
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    /// <summary>Stops looking for what others purge, without waiting for the last look to end.</summary>
    public void Dispose() => _ = _channel.DisposeAsync().AsTask();

    /// <summary>Removes a URI from all partitions. Unsafe requests do that, so that there may be many of these: they must not crowd out the purges that last.</summary>
    private async Task RemoveAsync(CachePurge purge, CancellationToken cancellationToken)
    {
        var isMarked = false;
        try
        {
            await MarkAsync(_keys.Removal(purge.Value), cancellationToken).ConfigureAwait(false);
            isMarked = true;
        }
        finally
        {
            await _channel.PublishAsync(purge, isLasting: !isMarked, cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask MarkAsync(string name, CancellationToken cancellationToken) =>
        _values.SetAsync(name, new RemovalMark(_channel.Id, _time.GetUtcNow()).Write(), _options.MaxLifetime + (2 * _options.ClockTolerance), cancellationToken);

    private async Task<bool> StoreAsync(CacheKey key, CachedHead head, BodySegments body, CancellationToken cancellationToken)
    {
        var entry = EntryFor(head, Guid.NewGuid(), body.Length);
        // Taken, and purged at once.
        if (_known.Judge(key, head, entry.StoredAt, _channel.Id) == PurgeVerdict.Remove) return true;
        await _bodies.WriteAsync(entry.BodyId, body, entry.BodyExpiresAt - entry.StoredAt, cancellationToken).ConfigureAwait(false);
        DistributedEntry? old;
        var writing = await LockAsync(key, cancellationToken).ConfigureAwait(false);
        try
        {
            var index = await ReadAsync(key, cancellationToken).ConfigureAwait(false);
            old = index.Entries.FirstOrDefault(e => e.Head.Variant == head.Variant);
            if (!await WriteAsync(key, index.With(entry), cancellationToken).ConfigureAwait(false)) old = entry;
        }
        finally
        {
            writing.Release();
        }

        // A reader that has found the old one and has not opened it yet finds its body gone: a miss.
        if (old is not null) await _bodies.RemoveAsync(old.BodyId, old.Length, cancellationToken).ConfigureAwait(false);
        return old != entry;
    }

    /// <summary>What of a key is stored, not removed, and not over. Heads say what purges have left of them.</summary>
    private async Task<DistributedIndex> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        string[] names = [_keys.Index(key), _keys.Removal(key), _keys.Removal(key.Uri)];
        var read = await Task.WhenAll(names.Select(name => _values.GetAsync(name, cancellationToken).AsTask())).ConfigureAwait(false);
        using var value = read[0];
        using var removal = read[1];
        using var removalOfUri = read[2];
        var index = value.Exists ? DistributedIndex.Read(value.Bytes, key) : null;
        var areSound = RemovalMark.TryRead(removal.Bytes, out var mark) & RemovalMark.TryRead(removalOfUri.Bytes, out var markOfUri);
        if (value.Exists && (index is null || !areSound))
        {
            await _values.RemoveAsync(_keys.Index(key), cancellationToken).ConfigureAwait(false);
            index = null;
        }

        var now = _time.GetUtcNow();
        return new DistributedIndex(key, [.. (index?.Entries ?? []).Where(entry => !IsRemoved(entry, mark) && !IsRemoved(entry, markOfUri)).Select(entry => Judged(key, entry, now)).OfType<DistributedEntry>()]);
    }

    private bool IsRemoved(DistributedEntry entry, RemovalMark? mark) => mark is { } removal && _known.IsBefore(entry.Head.RequestTime, entry.StoredBy, removal.Time, removal.Process);

    private DistributedEntry? Judged(CacheKey key, DistributedEntry entry, DateTimeOffset now)
    {
        if (entry.ExpiresAt <= now || entry.BodyExpiresAt <= now) return null;
        return _known.Judge(key, entry.Head, entry.StoredAt, entry.StoredBy) switch
        {
            PurgeVerdict.Remove => null,
            PurgeVerdict.Doubt when !entry.Head.IsDoubted => entry with { Head = entry.Head.With(isDoubted: true) },
            _ => entry,
        };
    }

    private async Task<bool> WriteAsync(CacheKey key, DistributedIndex index, CancellationToken cancellationToken)
    {
        if (index.Write() is not { } value) return false;
        var lifetime = index.Entries.Max(static entry => entry.ExpiresAt) - _time.GetUtcNow();
        if (lifetime <= TimeSpan.Zero) return false;
        await _values.SetAsync(_keys.Index(key), value, lifetime, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // The body is kept for twice as long as it would have to be, so that not each new head asks for it to be written again.
    private DistributedEntry EntryFor(CachedHead head, Guid bodyId, long length)
    {
        var now = _time.GetUtcNow();
        var lifetime = ShelfLife.Of(head, now, _options.MaxStale, _options.MaxLifetime);
        return new DistributedEntry(head, bodyId, length, _channel.Id, now, now + lifetime, now + (2 * lifetime));
    }

    private async Task<SemaphoreSlim> LockAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var writing = _writing[(uint)key.GetHashCode() % Stripes];
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        return writing;
    }
}
