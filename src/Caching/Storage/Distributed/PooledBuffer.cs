using System.Buffers;

namespace Net2Secure.Routing.Caching;

/// <summary>Bytes in one rented array that grows, up to a bound. To be disposed only when nobody can be writing or reading any more; else it is left to the collector.</summary>
internal sealed class PooledBuffer(int maxBytes) : IBufferWriter<byte>, IDisposable
{
    private const int FirstBytes = 4096;

    private byte[] _bytes = [];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }

    private void Grow(int by)
    {
        if (_bytes.Length - _length >= by) return;
        if ((long)_length + by > maxBytes) throw new InvalidDataException($"A value of the shared cache is larger than {maxBytes} bytes.");
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(2L * _bytes.Length, Math.Max(FirstBytes, _length + by), Math.Max(maxBytes, FirstBytes)));
        Written.CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
