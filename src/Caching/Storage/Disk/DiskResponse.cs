namespace Net2Secure.Routing.Caching;

/// <summary>A response on disk, as it was when it was found. Its body has a file name of its own, so that no later one is taken for it.</summary>
internal sealed class DiskResponse(DiskFolder folder, DiskEntry entry, DiskPreamble preamble, DiskSlot slot, CachedHead head) : CachedResponse
{
    public override CachedHead Head => head;

    public override long Length => preamble.BodyLength;

    public DiskEntry Entry => entry;

    /// <summary>Which of the heads that the response has had this is.</summary>
    public ulong Sequence => slot.Sequence;

    public override void Touch() => entry.Touch();

    public override ValueTask<Stream?> OpenAsync(long offset, long count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return folder.OpenBodyAsync(entry, preamble, offset, Math.Min(count, Length - offset), cancellationToken);
    }
}
