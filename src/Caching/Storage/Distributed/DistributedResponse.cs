namespace Net2Secure.Routing.Caching;

/// <summary>A response that was found in the shared store. Its body is brought when it is opened.</summary>
internal sealed class DistributedResponse(DistributedEntry entry, CachedHead head, DistributedBodies bodies) : CachedResponse
{
    /// <summary>As it is listed.</summary>
    public DistributedEntry Entry => entry;

    public override CachedHead Head => head;

    public override long Length => entry.Length;

    public override ValueTask<Stream?> OpenAsync(long offset, long count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return bodies.OpenAsync(entry.BodyId, Length, offset, Math.Min(count, Length - offset), cancellationToken);
    }
}
