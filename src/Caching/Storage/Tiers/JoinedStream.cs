namespace Net2Secure.Routing.Caching;

/// <summary>Reads one stream after the other. Neither is disposed with it.</summary>
internal sealed class JoinedStream(Stream first, Stream second) : ReadOnlyStream
{
    private bool _isFirstRead;

    public override int Read(Span<byte> buffer)
    {
        if (!_isFirstRead && first.Read(buffer) is > 0 and var read) return read;
        _isFirstRead = true;
        return second.Read(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isFirstRead && await first.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read) return read;
        _isFirstRead = true;
        return await second.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }
}
