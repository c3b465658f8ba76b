namespace Net2Secure.Routing.Caching;

/// <summary>A response of the store behind. Its body comes to the store in front when somebody reads it.</summary>
internal sealed class BehindResponse(TieredResponseCache tiers, CacheKey key, CachedResponse stored) : CachedResponse
{
    public override CachedHead Head => stored.Head;

    public override long Length => stored.Length;

    public CacheKey Key => key;

    public CachedResponse Stored => stored;

    public override void Touch() => stored.Touch();

    public override ValueTask<Stream?> OpenAsync(long offset, long count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return new(tiers.OpenAsync(this, offset, Math.Min(count, Length - offset), cancellationToken));
    }
}
