namespace Net2Secure.Routing.Caching;

/// <summary>A store in the memory of this process, which can keep a body in the arrays that it arrived in: no copy, and no wait.</summary>
internal interface IAdoptingCache
{
    /// <summary>The largest body that is taken in the arrays that it arrived in.</summary>
    long MaxBodyBytes { get; }

    /// <summary>The largest body that is taken as a stream (<see cref="IResponseCache.StoreAsync"/>), because it lies elsewhere then. Not less than <see cref="MaxBodyBytes"/>.</summary>
    long MaxStreamedBodyBytes { get; }

    /// <summary>Arrays for bodies that may be kept.</summary>
    SegmentPool Pool { get; }

    /// <summary>What is in memory for a key. Never waits, and allocates nothing.</summary>
    IReadOnlyList<CachedResponse> FindNow(CacheKey key);

    /// <summary>Stores a complete response; found from the moment that this returns.</summary>
    /// <param name="key">The key.</param>
    /// <param name="head">Status, fields and times.</param>
    /// <param name="body">The body. The store takes a reference of its own.</param>
    bool TryAdopt(CacheKey key, CachedHead head, BodySegments body);
}
