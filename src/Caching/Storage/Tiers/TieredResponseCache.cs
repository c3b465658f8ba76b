using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>A store in memory, and another one behind it that is larger, lasts longer, or is shared.</summary>
/// <remarks>
/// <para>What memory has is found at once, without asking further. That needs more than one look at memory where responses vary: it may have fewer variants than there are behind. So each key that was looked for behind is
/// marked as complete, with the heads of all its variants in memory, and stays so until one of them has to make room. A body comes up when it is read.</para>
/// <para>What is stored is in memory at once, and is written behind a little later, from the same arrays. A body that is too large for memory goes straight behind while it arrives. Removals and purges reach both before they
/// end; a store behind that cannot remove is not looked into until it has.</para>
/// </remarks>
internal sealed class TieredResponseCache : IResponseCache, IAdoptingCache, IPurgeSource, IAsyncDisposable, IDisposable
{
    /// <summary>A body of unknown length is taken for one that memory can hold until it is longer than this.</summary>
    public const int MaxGatheredBytes = 256 * 1024;

    /// <summary>A body up to this size is read at once when it is asked for, a larger one as fast as it is sent on.</summary>
    private const int MaxReadAtOnceBytes = 64 * 1024;

    private const int RisingPart = 16;

    /// <summary>How long a tier that others write to is taken to be as it was.</summary>
    private static readonly TimeSpan SharedFor = TimeSpan.FromSeconds(10);

    /// <summary>The same for what is stale, as others may have a fresh one, and for what is not there.</summary>
    private static readonly TimeSpan StaleFor = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AbsentFor = TimeSpan.FromMinutes(1);

    private readonly MemoryResponseCache _front;
    private readonly SecondTier _tier;
    private readonly TierAccess _behind;
    private readonly WriteBehind _writes;
    private readonly TierMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly InvalidationStamps _stamps = new();
    private readonly RecentKeys _absent;
    private readonly TransferBudget _rising;
    private long _purges;

    /// <param name="front">The store in memory.</param>
    /// <param name="tier">The store behind.</param>
    /// <param name="options">Valid settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meters">For metrics.</param>
    /// <param name="logger">For messages.</param>
    public TieredResponseCache(MemoryResponseCache front, SecondTier tier, TieredResponseCacheOptions options, TimeProvider time, IMeterFactory meters, ILogger logger)
    {
        _front = front;
        _tier = tier;
        _time = time;
        _behind = new TierAccess(tier.Cache, options, time, logger);
        _writes = new WriteBehind(WriteAsync, _behind.PutAwayAsync, _behind.ForgetAsync, _behind.PutAwayLater, options, time);
        _absent = new RecentKeys(tier.IsShared ? StaleFor : AbsentFor, time);
        _rising = new TransferBudget(Math.Max(front.MaxBytes / RisingPart, MaxReadAtOnceBytes));
        _metrics = new TierMetrics(meters, tier.Name);
        _metrics.Observe(meters, front, tier.Cache as IResponseCacheUsage, () => _writes.Dropped);
        if (tier.Cache is IPurgeSource source) source.Purged += PurgedElsewhere;
    }

    /// <inheritdoc/>
    public event EventHandler<CachePurgedEventArgs>? Purged;

    public long MaxBodyBytes => _front.MaxBodyBytes;

    public long MaxStreamedBodyBytes => Math.Max(_front.MaxBodyBytes, _tier.MaxBodyBytes);

    public SegmentPool Pool => _front.Pool;

    /// <summary>What waits to be written behind.</summary>
    public WriteBehind Writes => _writes;

    /// <summary>What is in memory, if that is all there is, with all bodies.</summary>
    public IReadOnlyList<CachedResponse> FindNow(CacheKey key)
    {
        var found = _front.Find(key);
        if (found.Length == 0 || !IsCompleteNow(found[0])) return [];
        foreach (var entry in found)
        {
            if (entry.Body is null) return [];
        }

        _metrics.Front(isHit: true);
        return found;
    }

    public ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var found = _front.Find(key);
        if (found.Length > 0 && IsCompleteNow(found[0]))
        {
            _metrics.Front(isHit: true);
            return new(found);
        }

        _metrics.Front(isHit: false);
        if (_behind.IsAway || (found.Length == 0 && _absent.Contains(key))) return new(found);
        return LookBehindAsync(key, cancellationToken);
    }

    public async ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(body);
        var expected = ByteRange.TryPosition(new FieldView(head.Fields).First(FieldNames.ContentLength), out var announced) ? announced : -1;
        if (expected > MaxStreamedBodyBytes) return false;
        var gathered = new BodySegments(Pool, expected <= MaxGatheredBytes ? expected : -1);
        try
        {
            var isWhole = expected <= MaxGatheredBytes && await GatherAsync(body, gathered, cancellationToken).ConfigureAwait(false);
            if (isWhole && TryAdopt(key, head, gathered)) return true;
            gathered.TryAddReference();
            using var first = new SegmentStream(gathered, 0, gathered.Length);
            return await StoreBehindAsync(key, head, isWhole ? first : new JoinedStream(first, body), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gathered.Release();
        }
    }

    public bool TryAdopt(CacheKey key, CachedHead head, BodySegments body)
    {
        if (_front.Adopt(key, head, body, _absent.Contains(key) ? CompleteUntil(head) : 0) is not { } entry) return false;
        _absent.Remove(key);
        if (entry.Length > _tier.MaxBodyBytes) _writes.AddRemoval(key);
        else if (entry.Body!.TryAddReference()) _writes.Add(key, new TierWrite(head, entry.Body, replaced: null, entry.Length));
        return true;
    }

    public async ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (head.Variant != current.Head.Variant) return null;
        if (current is MemoryEntry entry && await _front.UpdateAsync(key, entry, head, cancellationToken).ConfigureAwait(false) is MemoryEntry updated)
        {
            var body = updated.Body?.TryAddReference() == true ? updated.Body : null;
            _writes.Add(key, new TierWrite(head, body, entry.Head, entry.Length));
            return updated;
        }

        // It has made room meanwhile, unless something newer has taken its place.
        if (Array.Exists(_front.Find(key), e => e.Head.Variant == head.Variant) || _writes.Waiting(key).Length > 0) return null;
        return await UpdateBehindAsync(key, current.Head, current.Length, head).ConfigureAwait(false);
    }

    public async ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken)
    {
        _stamps.Invalidate(key.Uri);
        var count = await _front.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
        if (await _writes.ForgetAsync(key).ConfigureAwait(false))
        {
            // Until now a request could take back what was being written.
            _stamps.Invalidate(key.Uri);
            await _front.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
        }

        return Math.Max(count, (int)await _behind.RemoveAsync(key).ConfigureAwait(false));
    }

    public async ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(purge);
        var count = await PurgeFrontAsync(purge, cancellationToken).ConfigureAwait(false);
        return Math.Max(count, await _behind.PurgeAsync(purge).ConfigureAwait(false));
    }

    /// <summary>Purges what is in memory, or on its way behind: somebody else has purged what is behind already.</summary>
    public async ValueTask<long> PurgeFrontAsync(CachePurge purge, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _purges);
        var count = await _front.PurgeAsync(purge, cancellationToken).ConfigureAwait(false);
        await _writes.PurgeAsync(purge).ConfigureAwait(false);
        // Until now a request could take back what was being written.
        Interlocked.Increment(ref _purges);
        await _front.PurgeAsync(purge, cancellationToken).ConfigureAwait(false);
        return count;
    }

    /// <summary>Opens a body that lies behind, and takes it up on the way if all of it is asked for and it is not too large.</summary>
    public async Task<Stream?> OpenAsync(BehindResponse response, long offset, long count, CancellationToken cancellationToken)
    {
        var (body, isGone) = await _behind.OpenAsync(response.Stored, offset, count, cancellationToken).ConfigureAwait(false);
        if (isGone) _front.Forget(response.Key, response);
        if (body is null || count != response.Length || count > _front.MaxBodyBytes || !_rising.TryTake(count)) return body;
        var copy = new BodySegments(Pool, count);
        var rising = new RisingStream(body, copy, count, segments => _front.Fill(response.Key, response, segments), () => _rising.Return(count));
        return count > MaxReadAtOnceBytes ? rising : await ReadAtOnceAsync(response, rising, copy, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what still waits, as long as that takes.</summary>
    public Task FlushAsync() => _writes.FlushAsync();

    public async ValueTask DisposeAsync()
    {
        await _writes.DisposeAsync().ConfigureAwait(false);
        _behind.Dispose();
    }

    /// <summary>Blocks the calling thread until what waits is written, for a bounded time.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void PurgedElsewhere(object? sender, CachePurgedEventArgs purged)
    {
        // Those with fetches under way first: what they bring must not come in behind the purge.
        Purged?.Invoke(this, purged);
        _ = PurgeFrontAsync(purged.Purge, CancellationToken.None).AsTask();
    }

    private static async ValueTask<bool> GatherAsync(Stream body, BodySegments gathered, CancellationToken cancellationToken)
    {
        while (gathered.Length <= MaxGatheredBytes)
        {
            var read = await body.ReadAsync(gathered.GetRoom(), cancellationToken).ConfigureAwait(false);
            if (read == 0) return true;
            gathered.Advance(read);
        }

        return false;
    }

    private bool IsCompleteNow(MemoryEntry entry)
    {
        var until = entry.CompleteUntil;
        return until == long.MaxValue || (until > 0 && _time.GetTimestamp() < until);
    }

    private long CompleteUntil(CachedHead head)
    {
        if (!_tier.IsShared) return long.MaxValue;
        var left = head.Policy.IsFreshAt(_time.GetUtcNow()) ? SharedFor : StaleFor;
        return _time.GetTimestamp() + (long)(left.TotalSeconds * _time.TimestampFrequency);
    }

    private async ValueTask<IReadOnlyList<CachedResponse>> LookBehindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var stamp = _stamps[key.Uri];
        var purges = Volatile.Read(ref _purges);
        var evictions = _front.EvictionStamp(key);
        TakeBack(key);
        var found = await _behind.FindAsync(key, cancellationToken).ConfigureAwait(false);
        if (found is null) return _front.Find(key);
        _metrics.Behind(found.Count > 0);
        List<CachedResponse>? homeless = null;
        var until = long.MaxValue;
        for (var i = 0; i < found.Count; i++)
        {
            var response = new BehindResponse(this, key, found[i]);
            until = Math.Min(until, CompleteUntil(response.Head));
            if (!_front.TryRefer(key, response)) (homeless ??= []).Add(response);
        }

        if (_stamps[key.Uri] != stamp || Volatile.Read(ref _purges) != purges)
        {
            // Removed while it was on its way up.
            await _front.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
            return _front.Find(key);
        }

        var all = _front.Find(key);
        foreach (var entry in all) until = Math.Min(until, CompleteUntil(entry.Head));
        if (found.Count == 0 && all.Length == 0) _absent.Add(key);
        else if (homeless is null) _front.MarkComplete(key, found, until, evictions);
        return homeless is null ? all : [.. all, .. homeless];
    }

    /// <summary>Brings back what has made room in front before it was written behind.</summary>
    private void TakeBack(CacheKey key)
    {
        foreach (var waiting in _writes.Waiting(key))
        {
            if (waiting.Body?.TryAddReference() != true) continue;
            if (!Array.Exists(_front.Find(key), e => e.Head.Variant == waiting.Head.Variant)) _front.Adopt(key, waiting.Head, waiting.Body, completeUntil: 0);
            waiting.Body.Release();
        }
    }

    private async Task<bool> StoreBehindAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        // What waits for the key is about to be replaced. In front it stays until then.
        if (await _writes.ForgetAsync(key).ConfigureAwait(false)) await _behind.PutAwayAsync(key).ConfigureAwait(false);
        _absent.Remove(key);
        if (!await _behind.StoreAsync(key, head, body, cancellationToken).ConfigureAwait(false)) return false;
        _absent.Remove(key);
        await _front.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> WriteAsync(CacheKey key, TierWrite write, CancellationToken cancellationToken)
    {
        if (write.Replaced is { } replaced && await UpdateBehindAsync(key, replaced, write.Length, write.Head).ConfigureAwait(false) is not null) return true;
        if (write.Body?.TryAddReference() != true) return false;
        using var body = new SegmentStream(write.Body, 0, write.Length);
        return await _behind.StoreAsync(key, write.Head, body, cancellationToken).ConfigureAwait(false);
    }

    private async Task<CachedResponse?> UpdateBehindAsync(CacheKey key, CachedHead replaced, long length, CachedHead head)
    {
        if (await _behind.FindAsync(key, CancellationToken.None).ConfigureAwait(false) is not { } found) return null;
        for (var i = 0; i < found.Count; i++)
        {
            var stored = found[i];
            if (stored.Head.Variant == replaced.Variant && stored.Length == length && stored.Head.ResponseTime == replaced.ResponseTime)
                return await _behind.UpdateAsync(key, stored, head).ConfigureAwait(false);
        }

        return null;
    }

    private async Task<Stream?> ReadAtOnceAsync(BehindResponse response, RisingStream rising, BodySegments copy, CancellationToken cancellationToken)
    {
        copy.TryAddReference();
        try
        {
            await using (rising.ConfigureAwait(false)) await rising.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            if (copy.Length == response.Length && copy.TryAddReference()) return new SegmentStream(copy, 0, copy.Length);
        }
        catch (IOException)
        {
            // Torn: the store behind has removed it.
        }
        finally
        {
            copy.Release();
        }

        _front.Forget(response.Key, response);
        return null;
    }
}
