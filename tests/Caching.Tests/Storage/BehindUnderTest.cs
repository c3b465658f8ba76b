namespace Net2Secure.Routing.Caching.Tests.Storage;

/// <summary>A store behind that counts how it is called, and waits or fails as a test wants it to.</summary>
internal sealed class BehindUnderTest : IResponseCache
{
    private readonly MemoryResponseCache _cache = new(new MemoryResponseCacheOptions { MaxBytes = 256L * 1024 * 1024, MaxBodyBytes = 64L * 1024 * 1024 });
    private int _finds;
    private int _stores;
    private int _updates;

    public int Finds => Volatile.Read(ref _finds);

    public int Stores => Volatile.Read(ref _stores);

    public int Updates => Volatile.Read(ref _updates);

    /// <summary>Held up here, each store waits for it, whatever it is told.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Held up here, what was found is given out later.</summary>
    public TaskCompletionSource? FindGate { get; set; }

    /// <summary>Held up here, each removal waits for it.</summary>
    public TaskCompletionSource? RemoveGate { get; set; }

    public bool IsBroken { get; set; }

    public async ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _finds);
        Check();
        var found = await _cache.FindAsync(key, cancellationToken);
        if (FindGate is { } gate) await gate.Task;
        return found;
    }

    public async ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _stores);
        Check();
        if (Gate is { } gate) await gate.Task;
        return await _cache.StoreAsync(key, head, body, CancellationToken.None);
    }

    public async ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _updates);
        Check();
        return await _cache.UpdateAsync(key, current, head, cancellationToken);
    }

    public async ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken)
    {
        Check();
        if (RemoveGate is { } gate) await gate.Task;
        return await _cache.RemoveAsync(key, cancellationToken);
    }

    public async ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken)
    {
        Check();
        return await _cache.PurgeAsync(purge, cancellationToken);
    }

    private void Check()
    {
        if (IsBroken) throw new InvalidOperationException("The store behind is broken.");
    }
}
