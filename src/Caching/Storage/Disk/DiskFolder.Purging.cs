namespace Net2Secure.Routing.Caching;

/// <content>Purges. What concerns many responses is put on record, which is quick and survives the process, and counts from then on; the files follow in the background.</content>
internal sealed partial class DiskFolder
{
    /// <summary>More purges at once than this become one: everything.</summary>
    private const int MaxPurges = 64;

    private static readonly TimeSpan SweepAgainAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _purging = new();
    private DiskState _state;
    private DiskPurge[] _purges;
    private bool _isSweeping;
    private Task<long> _swept = Task.FromResult(0L);

    /// <summary>Puts a purge on record. Counts when this returns.</summary>
    /// <returns>Ends when all files that were concerned are removed or marked; tells how many.</returns>
    public Task<long> Purge(CachePurge purge)
    {
        lock (_purging)
        {
            var record = DiskPurge.Of(NextSequence(), purge);
            DiskPurge[] purges = _purges.Length < MaxPurges ? [.. _purges, record] : [DiskPurge.Of(record.Sequence, CachePurge.ForEverything())];
            Try(() => Record_NeedsLock(purges));
        }

        return Sweep();
    }

    /// <summary>Removes a URI in all its partitions, or puts it in doubt, at once.</summary>
    public async Task<long> PurgeUriAsync(CachePurge purge)
    {
        var uri = UriOf(purge.Value);
        ulong? key = purge.Partition is { } partition ? KeyOf(new CacheKey(purge.Value, partition)) : null;
        EnsureScanned(uri);
        if (!purge.IsSoft) return await RemoveAsync(uri, key).ConfigureAwait(false);
        var count = 0L;
        var record = DiskPurge.Of(NextSequence(), purge);
        foreach (var entry in _index.Find(uri, key))
        {
            if (await ApplyAsync(entry, [record]).ConfigureAwait(false)) count++;
        }

        return count;
    }

    private void Record_NeedsLock(DiskPurge[] purges)
    {
        var state = _state with { Purges = purges };
        state.Write(_layout.State, _files);
        _state = state;
        Volatile.Write(ref _purges, purges);
    }

    private Task<long> Sweep()
    {
        lock (_purging)
        {
            if (!_isSweeping)
            {
                _isSweeping = true;
                _swept = Task.Run(SweepAllAsync);
            }

            return _swept;
        }
    }

    private async Task<long> SweepAllAsync()
    {
        var count = 0L;
        while (!_closing.IsCancellationRequested)
        {
            var purges = Volatile.Read(ref _purges);
            try
            {
                await Scanned.WaitAsync(_closing.Token).ConfigureAwait(false);
                count += await SweepAsync(purges).ConfigureAwait(false);
                lock (_purging)
                {
                    Record_NeedsLock([.. _purges.Except(purges)]);
                    _isSweeping = _purges.Length > 0;
                    if (!_isSweeping) return count;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or DiskCacheException)
            {
                CachingLog.DiskSweepFailed(_logger, e);
                await Task.Delay(SweepAgainAfter, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return count;
    }

    private async Task<long> SweepAsync(DiskPurge[] purges)
    {
        var count = 0L;
        foreach (var entry in _index.ToArray())
        {
            _closing.Token.ThrowIfCancellationRequested();
            if (!Array.Exists(purges, purge => purge.MayConcern(entry.Name, _hash))) continue;
            if (await ApplyAsync(entry, purges).ConfigureAwait(false)) count++;
        }

        return count;
    }

    private async Task<bool> ApplyAsync(DiskEntry entry, DiskPurge[] purges)
    {
        var isGone = false;
        var isDoubted = false;
        await UpdateAsync(entry, [], Mark, _closing.Token).ConfigureAwait(false);
        return isGone ? await RemoveAsync(entry).ConfigureAwait(false) : isDoubted;

        HeadChange? Mark(DiskReading read)
        {
            // All that is on record counts: a mark is a later head, which purges from before it do not concern any more.
            foreach (var purge in purges.Union(Volatile.Read(ref _purges)))
            {
                if (!purge.Concerns(read.Slot.Sequence, read.Key, read.Head.Tags)) continue;
                isGone |= !purge.IsSoft;
                isDoubted = true;
            }

            return isDoubted && !isGone && !read.Slot.IsDoubted ? new HeadChange(read.Head, null, IsDoubted: true) : null;
        }
    }
}
