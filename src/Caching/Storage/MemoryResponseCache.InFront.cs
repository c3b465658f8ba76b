namespace Net2Secure.Routing.Caching;

/// <content>What a store in memory does in front of another one: keeps heads of bodies that lie there, and knows whether it has all variants of a key.</content>
internal sealed partial class MemoryResponseCache
{
    private readonly InvalidationStamps _evicted = new();

    /// <summary>What is stored under a key.</summary>
    public MemoryEntry[] Find(CacheKey key) => Of(key);

    /// <summary>A number that changes when a response under the key has to make room.</summary>
    public long EvictionStamp(CacheKey key) => _evicted[key.Uri];

    /// <summary>Keeps the head of a response whose body lies elsewhere, unless one of its variant is here that is as new.</summary>
    /// <returns><see langword="false"/>: there is no room even for that.</returns>
    public bool TryRefer(CacheKey key, CachedResponse elsewhere)
    {
        var entry = new MemoryEntry(key, elsewhere.Head, elsewhere);
        if (entry.Bytes > _maxBytes) return false;
        lock (_lock)
        {
            if (Find_NeedsLock(key, entry.Head.Variant) is { } here && here.Head.ResponseTime >= entry.Head.ResponseTime) return true;
            Put_NeedsLock(entry);
            MakeRoom_NeedsLock();
        }

        return true;
    }

    /// <summary>Takes in the body of a response that has been kept without it.</summary>
    public void Fill(CacheKey key, CachedResponse elsewhere, BodySegments body)
    {
        if (body.Length > MaxBodyBytes || !body.TryAddReference()) return;
        lock (_lock)
        {
            if (FindReference_NeedsLock(key, elsewhere) is { } old && old.WithBody(body) is var entry && entry.Bytes <= _maxBytes)
            {
                Exchange_NeedsLock(old, entry);
                MakeRoom_NeedsLock();
                return;
            }
        }

        body.Release();
    }

    /// <summary>Lets go of a response whose body is not there any more.</summary>
    public void Forget(CacheKey key, CachedResponse elsewhere)
    {
        lock (_lock)
        {
            if (FindReference_NeedsLock(key, elsewhere) is { } entry) Detach_NeedsLock(entry);
        }
    }

    /// <summary>Notes that every variant of the key is here, if that is so.</summary>
    /// <param name="key">The key.</param>
    /// <param name="others">What there is elsewhere.</param>
    /// <param name="until">How long this will hold.</param>
    /// <param name="evictionStamp">The stamp from before the others were looked for: what had to make room since may be there now.</param>
    public void MarkComplete(CacheKey key, IReadOnlyList<CachedResponse> others, long until, long evictionStamp)
    {
        lock (_lock)
        {
            if (_evicted[key.Uri] != evictionStamp) return;
            for (var i = 0; i < others.Count; i++)
            {
                if (Find_NeedsLock(key, others[i].Head.Variant) is null) return;
            }

            foreach (var entry in Of(key)) entry.CompleteUntil = until;
        }
    }

    private MemoryEntry? FindReference_NeedsLock(CacheKey key, CachedResponse elsewhere) => Array.Find(Of(key), entry => entry.Elsewhere == elsewhere);
}
