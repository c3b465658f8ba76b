namespace Net2Secure.Routing.Caching;

/// <summary>A stored response under a head that is not stored: for the requests that wait for it, where the store was not able or not allowed to take it over.</summary>
internal sealed class OverlaidResponse(CachedResponse stored, CachedHead head) : CachedResponse
{
    public override CachedHead Head => head;

    public override long Length => stored.Length;

    public override void Touch() => stored.Touch();

    public override ValueTask<Stream?> OpenAsync(long offset, long count, CancellationToken cancellationToken) => stored.OpenAsync(offset, count, cancellationToken);
}
