namespace Net2Secure.Routing.Caching;

/// <summary>Reads a body from the store behind and keeps a copy on the way, for the store in front.</summary>
/// <param name="source">The body; disposed with this.</param>
/// <param name="copy">Where to copy to. One reference belongs to this.</param>
/// <param name="length">The length of the body.</param>
/// <param name="whole">Called once, when all of it has been read.</param>
/// <param name="ended">Called once, when the copy is not needed here any more.</param>
internal sealed class RisingStream(Stream source, BodySegments copy, long length, Action<BodySegments> whole, Action ended) : ReadOnlyStream
{
    private readonly Lock _lock = new();
    private bool _hasEnded;

    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer);
        Keep(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Keep(buffer.Span[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock) End_NeedsLock();
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Keep(ReadOnlySpan<byte> read)
    {
        // Disposed by another thread, the memory is somebody else's.
        lock (_lock)
        {
            if (_hasEnded) return;
            while (!read.IsEmpty)
            {
                var room = copy.GetRoom().Span;
                var count = Math.Min(room.Length, read.Length);
                read[..count].CopyTo(room);
                copy.Advance(count);
                read = read[count..];
            }

            if (copy.Length < length) return;
            whole(copy);
            End_NeedsLock();
        }
    }

    private void End_NeedsLock()
    {
        if (_hasEnded) return;
        _hasEnded = true;
        copy.Release();
        ended();
    }
}
