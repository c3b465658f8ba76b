namespace Net2Secure.Routing.Caching;

/// <summary>The purges of late: what a fetch brings that began before one of them, and that it concerns, is not stored behind it. Thread-safe.</summary>
internal sealed class RecentPurges
{
    /// <summary>How many are kept. A fetch that has seen more of them pass is taken for concerned.</summary>
    public const int MaxKept = 1024;

    private readonly Lock _lock = new();
    private readonly CachePurge[] _kept = new CachePurge[MaxKept];
    private long _count;

    /// <summary>How many there have been.</summary>
    public long Count => Volatile.Read(ref _count);

    public void Add(CachePurge purge)
    {
        lock (_lock)
        {
            _kept[_count % MaxKept] = purge;
            Volatile.Write(ref _count, _count + 1);
        }
    }

    /// <summary>Whether a purge has concerned a response since there had been so many.</summary>
    /// <param name="count">The count at the time.</param>
    /// <param name="key">The key of the response.</param>
    /// <param name="tags">Its tags; <see langword="null"/>: not known yet, so that every purge by tag may concern it.</param>
    public bool HaveConcerned(long count, CacheKey key, IReadOnlyList<string>? tags)
    {
        if (Count == count) return false;
        lock (_lock)
        {
            if (_count - count > MaxKept) return true;
            for (var i = count; i < _count; i++)
            {
                var purge = _kept[i % MaxKept];
                if (tags is null ? purge.Kind == CachePurgeKind.Tag || purge.Concerns(key, []) : purge.Concerns(key, tags)) return true;
            }
        }

        return false;
    }
}
