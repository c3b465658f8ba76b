namespace Net2Secure.Routing.Caching;

/// <summary>Tells a fetch that its URI was invalidated while it was under way, so that what it brings is not stored behind the invalidation (RFC 9111 §4.4).</summary>
/// <remarks>A table of fixed size: URIs that share a place are taken for one another, which costs a response that could have been stored and nothing else. Thread-safe, without locks.</remarks>
internal sealed class InvalidationStamps
{
    private readonly long[] _stamps = new long[4096];

    /// <summary>A number that changes with each invalidation of the URI.</summary>
    public long this[string uri] => Volatile.Read(ref _stamps[PlaceOf(uri)]);

    public void Invalidate(string uri) => Interlocked.Increment(ref _stamps[PlaceOf(uri)]);

    private int PlaceOf(string uri) => (int)((uint)uri.GetHashCode(StringComparison.Ordinal) % (uint)_stamps.Length);
}
