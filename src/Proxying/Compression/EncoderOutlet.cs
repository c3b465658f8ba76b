using System.Buffers;

namespace Net2Secure.Routing.Proxying;

/// <summary>Holds what an encoder has written until there is room for it. What an encoder makes of one piece of input bounds it.</summary>
internal sealed class EncoderOutlet : Stream
{
    private const int LeastRoom = 16 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Hands out what fits.</summary>
    public int Take(Span<byte> target)
    {
        var taken = Math.Min(target.Length, _end - _start);
        _buffer.AsSpan(_start, taken).CopyTo(target);
        _start += taken;
        if (IsEmpty) _start = _end = 0;
        return taken;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_buffer.Length - _end < buffer.Length) Grow(buffer.Length);
        buffer.CopyTo(_buffer.AsSpan(_end));
        _end += buffer.Length;
    }

    public override void Flush()
    {
        // It is all there.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        var buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        if (disposing && buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        base.Dispose(disposing);
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(LeastRoom, _end + more));
        _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
        _end -= _start;
        _start = 0;
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
