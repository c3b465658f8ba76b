namespace Net2Secure.Routing.Caching;

/// <summary>A response, or a new head for one, that waits to be written to the store behind.</summary>
/// <param name="head">The head to write.</param>
/// <param name="body">The body, with a reference that belongs to this; <see langword="null"/>: it lies behind already.</param>
/// <param name="replaced">The head that is there under the same body, if any is.</param>
/// <param name="length">Length of the body.</param>
internal sealed class TierWrite(CachedHead head, BodySegments? body, CachedHead? replaced, long length)
{
    public CachedHead Head { get; set; } = head;

    public BodySegments? Body => body;

    public CachedHead? Replaced => replaced;

    public long Length => length;

    /// <summary>Bytes that it keeps from being used otherwise.</summary>
    public long Bytes => body?.Capacity ?? 0;
}
