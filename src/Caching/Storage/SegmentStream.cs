namespace Net2Secure.Routing.Caching;

/// <summary>Reads a part of a complete body. Holds the body until it is disposed.</summary>
/// <remarks>Disposing while a read is going on is safe: the memory stays until both are over.</remarks>
internal sealed class SegmentStream : ReadOnlyStream
{
    private readonly Lock _lock = new();
    private readonly BodySegments _body;
    private readonly long _end;
    private long _position;
    private bool _isReleased;

    /// <summary>Takes over one reference to the body.</summary>
    public SegmentStream(BodySegments body, long offset, long count)
    {
        _body = body;
        _position = offset;
        _end = offset + count;
    }

    public override int Read(Span<byte> buffer)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isReleased, this);
            var total = 0;
            while (total < buffer.Length && _position < _end)
            {
                var part = _body.At(_position, _end).Span;
                part = part[..Math.Min(part.Length, buffer.Length - total)];
                part.CopyTo(buffer[total..]);
                total += part.Length;
                _position += part.Length;
            }

            return total;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new(Read(buffer.Span));

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        // A reference of its own, as the stream may be disposed while the other side is slow.
        ObjectDisposedException.ThrowIf(!_body.TryAddReference(), this);
        try
        {
            while (_position < _end)
            {
                var part = _body.At(_position, _end);
                await destination.WriteAsync(part, cancellationToken).ConfigureAwait(false);
                _position += part.Length;
            }
        }
        finally
        {
            _body.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            if (!_isReleased && disposing) _body.Release();
            _isReleased |= disposing;
        }

        base.Dispose(disposing);
    }
}
