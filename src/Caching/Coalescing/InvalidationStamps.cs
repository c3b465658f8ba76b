namespace Net2Secure.Routing.Caching;

/// <summary>Tells a fetch that its key was invalidated while it was under way, so that what it brings is not stored behind the invalidation (RFC 9111 §4.4).</summary>
/// <remarks>A table of fixed size: keys that share a place are taken for one another, which costs a response that could have been stored and nothing else. Thread-safe, without locks.</remarks>
internal sealed class InvalidationStamps
{
    private readonly long[] _stamps = new long[4096];

    /// <summary>A number that changes with each invalidation of the key.</summary>
    public long this[CacheKey key] => Volatile.Read(ref _stamps[PlaceOf(key)]);

    public void Invalidate(CacheKey key) => Interlocked.Increment(ref _stamps[PlaceOf(key)]);

    private int PlaceOf(CacheKey key) => (int)((uint)key.GetHashCode() % (uint)_stamps.Length);
}
