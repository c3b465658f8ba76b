using System.Threading.Channels;

namespace Net2Secure.Routing.Proxying.Tests.Compression;

/// <summary>A body that comes piece by piece, when the test lets it: a read waits as long as no piece is there.</summary>
internal sealed class PieceStream : Stream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>(new() { AllowSynchronousContinuations = false });
    private ReadOnlyMemory<byte> _current;

    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public PieceStream Come(params byte[] piece)
    {
        Assert.True(_pieces.Writer.TryWrite(piece));
        return this;
    }

    public PieceStream End(Exception? failure = null)
    {
        _pieces.Writer.TryComplete(failure);
        return this;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_current.IsEmpty)
        {
            if (!await _pieces.Reader.WaitToReadAsync(cancellationToken)) return 0;
            _pieces.Reader.TryRead(out var piece);
            _current = piece;
        }

        var count = Math.Min(buffer.Length, _current.Length);
        _current[..count].CopyTo(buffer);
        _current = _current[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        _pieces.Writer.TryComplete(new ObjectDisposedException(nameof(PieceStream)));
        base.Dispose(disposing);
    }
}
