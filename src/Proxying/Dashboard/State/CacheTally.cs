using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>How the cache has answered the requests of a route since somebody began to look on. Counting neither locks nor allocates.</summary>
internal sealed class CacheTally
{
    private long _hits, _stale, _revalidated, _collapsed, _misses, _passed, _unavailable, _served;

    /// <summary>What was counted.</summary>
    public RouteCacheState State => new(
        Interlocked.Read(ref _hits), Interlocked.Read(ref _stale), Interlocked.Read(ref _revalidated), Interlocked.Read(ref _collapsed), Interlocked.Read(ref _misses),
        Interlocked.Read(ref _passed), Interlocked.Read(ref _unavailable), Interlocked.Read(ref _served));

    /// <summary>One more was answered.</summary>
    /// <param name="result">One of <see cref="CacheResults"/>.</param>
    /// <param name="bytes">Bytes of the body that the client was given.</param>
    public void Add(string result, long bytes)
    {
        switch (result)
        {
            case CacheResults.Hit: Served(ref _hits, bytes); break;
            case CacheResults.Stale: Served(ref _stale, bytes); break;
            case CacheResults.Revalidated: Served(ref _revalidated, bytes); break;
            case CacheResults.Collapsed: Served(ref _collapsed, bytes); break;
            case CacheResults.Miss: Interlocked.Increment(ref _misses); break;
            case CacheResults.Pass: Interlocked.Increment(ref _passed); break;
            case CacheResults.Unavailable: Interlocked.Increment(ref _unavailable); break;
        }
    }

    private void Served(ref long count, long bytes)
    {
        Interlocked.Increment(ref count);
        Interlocked.Add(ref _served, bytes);
    }
}
