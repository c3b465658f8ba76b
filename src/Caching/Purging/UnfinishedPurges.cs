namespace Net2Secure.Routing.Caching;

/// <summary>Purges that the store has not carried out, as it failed or was late: until it has, what they concern is not used. Thread-safe.</summary>
internal sealed class UnfinishedPurges
{
    /// <summary>How many are kept; beyond it everything that was stored before is left unused.</summary>
    public const int MaxKept = 256;

    private readonly Lock _lock = new();
    private volatile Unfinished[] _purges = [];

    /// <summary>All of them, the oldest first.</summary>
    public IReadOnlyList<Unfinished> All => _purges;

    /// <summary>Whether there are any.</summary>
    public bool Any => _purges.Length > 0;

    /// <summary>Keeps one.</summary>
    /// <param name="purge">What is to go.</param>
    /// <param name="at">When that was asked for.</param>
    public void Add(CachePurge purge, DateTimeOffset at)
    {
        lock (_lock) _purges = _purges.Length < MaxKept ? [.. _purges, new(purge, at)] : [new(CachePurge.ForEverything(), at)];
    }

    /// <summary>It has been carried out.</summary>
    public void Remove(Unfinished purge)
    {
        lock (_lock) _purges = [.. _purges.Where(p => p != purge)];
    }

    /// <summary>What may be used of what was found.</summary>
    public IReadOnlyList<CachedResponse> Without(CacheKey key, IReadOnlyList<CachedResponse> found)
    {
        var purges = _purges;
        if (purges.Length == 0 || found.Count == 0) return found;
        return [.. found.Where(response => !Array.Exists(purges, p => response.Head.ResponseTime <= p.At && p.Purge.Concerns(key, response.Head.Tags)))];
    }

    internal sealed record Unfinished(CachePurge Purge, DateTimeOffset At);
}
