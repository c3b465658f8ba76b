namespace Net2Secure.Routing.Caching;

/// <summary>A stored response, complete. Stays usable after it was replaced or removed, as long as the store can still give its body.</summary>
/// <remarks>Thread-safe: one instance answers many requests at once.</remarks>
public abstract class CachedResponse
{
    /// <summary>Status, fields and times.</summary>
    public abstract CachedHead Head { get; }

    /// <summary>Length of the body, bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Told that the response has answered a request without its body being opened. Opening says it by itself. For stores that keep what is used.</summary>
    public virtual void Touch()
    {
    }

    /// <summary>Opens the body, or a part of it, for one reader.</summary>
    /// <param name="offset">The first byte, 0 to <see cref="Length"/>.</param>
    /// <param name="count">How many bytes, at most what is left.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A stream of exactly that part, to be disposed by the caller; <see langword="null"/>: the body is gone, as after an eviction. That is a miss, not an error.</returns>
    public abstract ValueTask<Stream?> OpenAsync(long offset, long count, CancellationToken cancellationToken);
}
