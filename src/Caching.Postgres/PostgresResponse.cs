namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>A response that was found in the database. Its body is brought when it is opened.</summary>
internal sealed class PostgresResponse(PostgresResponseCache cache, Guid id, CachedHead head, long length) : CachedResponse
{
    /// <summary>Names what was stored at once, and is used once.</summary>
    public Guid Id => id;

    public override CachedHead Head => head;

    public override long Length => length;

    public override void Touch() => cache.Touch(id);

    public override ValueTask<Stream?> OpenAsync(long offset, long count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, length);
        Touch();
        return cache.OpenAsync(id, offset, Math.Min(count, length - offset), cancellationToken);
    }
}
