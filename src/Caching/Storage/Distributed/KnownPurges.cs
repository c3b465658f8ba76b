namespace Net2Secure.Routing.Caching;

/// <summary>The purges that a process knows of, its own and those of others, by which it judges what it finds in a store that cannot be searched.</summary>
/// <remarks>
/// <para>A purge concerns what was asked of the origin before it. Two processes have two clocks, so that a response of one and a purge of another count as close for as long as the tolerance says, and
/// what is close is taken for purged: that costs a fetch, the contrary would serve what was to be gone.</para>
/// <para>Judging looks at the purges that are younger than the response, no others. When there are more than <see cref="MaxPurges"/> the oldest becomes one that
/// purges everything. Thread-safe.</para>
/// </remarks>
/// <param name="keptFor">No response is found in the store this long after it was stored.</param>
/// <param name="tolerance">By how much the clocks of two processes may differ.</param>
/// <param name="time">The clock.</param>
internal sealed class KnownPurges(TimeSpan keptFor, TimeSpan tolerance, TimeProvider time)
{
    /// <summary>Most purges that are known at a time.</summary>
    public const int MaxPurges = 8192;

    private readonly Lock _lock = new();

    // Youngest first. A new array for each change: whoever judges goes on with the old one.
    private Known[] _purges = [];
    private long _floorTicks;

    /// <param name="publisher">Whose clock the times are by.</param>
    /// <param name="records">Purges that were not known before.</param>
    public void Add(Guid publisher, IEnumerable<PurgeRecord> records)
    {
        lock (_lock)
        {
            var oldest = time.GetUtcNow() - keptFor - tolerance;
            var added = records.Select(record => new Known(publisher, record.Time, record.Purge));
            Known[] all = [.. _purges.Concat(added).Where(known => known.Time >= oldest).OrderByDescending(static known => known.Time).DistinctBy(static known => (known.Publisher, known.Purge))];
            if (all.Length > MaxPurges) all = [.. all[..(MaxPurges - 1)], all[MaxPurges - 1] with { Purge = CachePurge.ForEverything() }];

            Volatile.Write(ref _purges, all);
        }
    }

    /// <summary>Takes everything for removed that was stored before this moment: there may be purges that nobody knows of any more.</summary>
    public void RaiseFloor(DateTimeOffset moment)
    {
        var seen = Volatile.Read(ref _floorTicks);
        while (moment.UtcTicks > seen)
        {
            var before = Interlocked.CompareExchange(ref _floorTicks, moment.UtcTicks, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    /// <summary>What is left of a response.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="head">The response.</param>
    /// <param name="storedAt">When it was stored.</param>
    /// <param name="storedBy">Whose clock its times are by.</param>
    public PurgeVerdict Judge(CacheKey key, CachedHead head, DateTimeOffset storedAt, Guid storedBy)
    {
        if (storedAt.UtcTicks < Volatile.Read(ref _floorTicks)) return PurgeVerdict.Remove;
        var verdict = PurgeVerdict.Keep;
        foreach (var known in Volatile.Read(ref _purges))
        {
            if (known.Time + tolerance < head.RequestTime) break;
            if (!IsBefore(head.RequestTime, storedBy, known.Time, known.Publisher) || !known.Purge.Concerns(key, head.Tags)) continue;
            if (!known.Purge.IsSoft) return PurgeVerdict.Remove;
            verdict = PurgeVerdict.Doubt;
        }

        return verdict;
    }

    /// <summary>Whether what one process did may have been before what another did.</summary>
    public bool IsBefore(DateTimeOffset moment, Guid process, DateTimeOffset other, Guid otherProcess) => moment <= other + (process == otherProcess ? TimeSpan.Zero : tolerance);

    private readonly record struct Known(Guid Publisher, DateTimeOffset Time, CachePurge Purge);
}
