namespace Net2Secure.Routing.Caching;

/// <summary>Keeps responses under keys. It stores and finds; whether a response may be stored or used is not its business.</summary>
/// <remarks>
/// <para>Called from many threads at once, and expected to be asynchronous where it waits for anything. Whoever calls it bounds the wait, and takes whatever is thrown, or late, for a miss.</para>
/// <para>Consistency that is promised: a response is found only when it has been stored whole; what is found for one key and variant is one response, head and body of the same time; after
/// <see cref="RemoveAsync"/> or <see cref="PurgeAsync"/> has ended, this instance does not find what it removed. A store that several processes share may find it for as long as it says
/// that word takes to get around. Nothing is promised to stay: what was stored may be gone a moment later.</para>
/// <para>A response that is still arriving is not in the store. Others read it all the same, from the memory that it passes through, as its fetch is shared.</para>
/// </remarks>
public interface IResponseCache
{
    /// <summary>Finds all variants that are stored under a key.</summary>
    /// <returns>None, one or several, in no order. The list is a snapshot and must not be changed.</returns>
    ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Stores a response, in place of the one with the same key and <see cref="CachedHead.Variant"/>; other variants stay.</summary>
    /// <param name="key">The key.</param>
    /// <param name="head">Status, fields and times.</param>
    /// <param name="body">The body, as it arrives. To be read to its end at once and not to be kept; if reading it fails the response is incomplete and must not be stored.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns><see langword="false"/>: the store did not want it, as when it is too large. What was there before stays.</returns>
    ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken);

    /// <summary>Gives a stored response another head, keeping its body (RFC 9111 §3.2), provided it is still the one that is stored.</summary>
    /// <param name="key">The key.</param>
    /// <param name="current">What <see cref="FindAsync"/> found.</param>
    /// <param name="head">The new head, of the same variant.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The response with the new head; <see langword="null"/>: it was replaced or removed in the meantime, and nothing was changed.</returns>
    ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken);

    /// <summary>Removes all variants of a key.</summary>
    /// <returns>How many responses there were.</returns>
    ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Removes what a purge names, or marks it stale (<see cref="CachedHead.IsDoubted"/>) where the purge is a soft one.</summary>
    /// <returns>How many responses were concerned, as far as the store can tell.</returns>
    ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken);
}
