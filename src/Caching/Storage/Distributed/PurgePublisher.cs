namespace Net2Secure.Routing.Caching;

/// <summary>Writes down what this process purges. Thread-safe: several who purge at once share one write.</summary>
#pragma warning disable CA1001 // a semaphore that nobody asks for a handle holds nothing to be given back
internal sealed class PurgePublisher(Guid id, DistributedValues values, DistributedKeys keys, KnownPurges known, TimeSpan keptFor, TimeProvider time)
#pragma warning restore CA1001
{
    /// <summary>After this time everything is written again, so that nothing of it comes to its end in the store, and what the store has lost is there again.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _flushing = new(1, 1);
    private readonly PublishedPurges _lasting = new(PolledPurgeChannel.MaxLasting);
    private readonly PublishedPurges _passing = new(PolledPurgeChannel.MaxPassing);
    private PurgeStamp? _flushed;

    /// <summary>Values stay for longer than anything that they speak of.</summary>
    private TimeSpan ValueLifetime => 2 * keptFor;

    /// <returns>What has to be written for this one to be.</returns>
    public PurgeStamp Add(CachePurge purge, bool isLasting)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (!isLasting) _passing.Add(purge, now);
            else
            {
                known.Add(id, [_lasting.Add(purge, now)]);
                _lasting.DropBefore(now - keptFor);
            }

            return Stamp_NeedsLock(now);
        }
    }

    /// <summary>Says that what was stored until now may have been purged by somebody whose purges are lost.</summary>
    public void RaiseFloor(DateTimeOffset moment)
    {
        known.RaiseFloor(moment);
        lock (_lock) _lasting.RaiseFloor(moment);
    }

    /// <summary>Writes what is due.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        PurgeStamp all;
        bool isDue, isHeartbeat;
        lock (_lock)
        {
            all = Stamp_NeedsLock(time.GetUtcNow());
            isHeartbeat = _flushed is { } flushed && (all.Time - flushed.Time).Duration() >= Heartbeat;
            isDue = isHeartbeat || !IsFlushed_NeedsLock(all);
        }

        if (isDue) await FlushAsync(all, cancellationToken, isHeartbeat).ConfigureAwait(false);
    }

    /// <summary>Writes what has been added up to there, unless somebody has done so.</summary>
    public async Task FlushAsync(PurgeStamp mark, CancellationToken cancellationToken, bool isHeartbeat = false)
    {
        await _flushing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            PurgeStamp stamp;
            ReadOnlyMemory<byte>? lasting = null, passing = null;
            lock (_lock)
            {
                if (IsFlushed_NeedsLock(mark) && !isHeartbeat) return;
                stamp = Stamp_NeedsLock(time.GetUtcNow());
                if (isHeartbeat || _flushed?.Lasting != stamp.Lasting) lasting = _lasting.Write();
                if (isHeartbeat || _flushed?.Passing != stamp.Passing) passing = _passing.Write();
            }

            // The stamp last: who sees it finds what it speaks of.
            if (lasting is { } l) await values.SetAsync(keys.LastingPurges(id), l, ValueLifetime, cancellationToken).ConfigureAwait(false);
            if (passing is { } p) await values.SetAsync(keys.PassingPurges(id), p, ValueLifetime, cancellationToken).ConfigureAwait(false);
            await values.SetAsync(keys.Stamp(id), stamp.Write(), ValueLifetime, cancellationToken).ConfigureAwait(false);
            lock (_lock) _flushed = stamp;
        }
        finally
        {
            _flushing.Release();
        }
    }

    private bool IsFlushed_NeedsLock(PurgeStamp mark) => _flushed is { } flushed && flushed.Lasting >= mark.Lasting && flushed.Passing >= mark.Passing;

    private PurgeStamp Stamp_NeedsLock(DateTimeOffset now) => new(_lasting.LastNumber, _passing.LastNumber, now);
}
