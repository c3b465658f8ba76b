using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>Bytes waiting to be sent, in a rented array that grows. Not thread-safe.</summary>
/// <remarks>A mutable struct: keep it in a field or pass it by <c>ref</c>. After a failure call <see cref="Drop"/>, so that an array a send may still read is not rented out again.</remarks>
internal struct SendBuffer
{
    private byte[]? _array;

    public int Length { get; private set; }

    public readonly int Free => _array is null ? 0 : _array.Length - Length;

    public readonly ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    public void EnsureFree(int bytes)
    {
        if (Free >= bytes) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + bytes, _array is null ? 0 : _array.Length * 2));
        if (_array is not null)
        {
            _array.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        EnsureFree(bytes.Length);
        bytes.CopyTo(_array.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Appends characters that are known to be U+00FF or below, each as one byte.</summary>
    public void AppendLatin1(string text)
    {
        EnsureFree(text.Length);
        Encoding.Latin1.GetBytes(text, _array.AsSpan(Length));
        Length += text.Length;
    }

    /// <summary>Appends <c>name: value CR LF</c>.</summary>
    public void AppendField(string name, string value)
    {
        if (TryAppendField(name, value)) return;
        var free = _array.AsSpan(Length);
        Encoding.Latin1.GetBytes(value, free[(name.Length + 2)..]);
        EndField(free, name.Length + 2 + value.Length);
    }

    /// <summary>Appends <c>name: value CR LF</c> if every character of the value is U+0020 to U+00FF.</summary>
    /// <returns>Whether it was appended.</returns>
    public bool TryAppendField(string name, string value)
    {
        EnsureFree(name.Length + value.Length + 4);
        var free = _array.AsSpan(Length);
        // A name is a token, which holds nothing else.
        Latin1Text.TryWrite(name, free);
        free[name.Length] = (byte)':';
        free[name.Length + 1] = (byte)' ';
        if (!Latin1Text.TryWrite(value, free[(name.Length + 2)..])) return false;
        EndField(free, name.Length + 2 + value.Length);
        return true;
    }

    public void AppendDecimal(long number)
    {
        EnsureFree(20);
        Utf8Formatter.TryFormat(number, _array.AsSpan(Length), out var written);
        Length += written;
    }

    /// <summary>Appends a chunk size with its line end (RFC 9112 §7.1).</summary>
    public void AppendChunkSize(int size)
    {
        EnsureFree(10);
        Utf8Formatter.TryFormat(size, _array.AsSpan(Length), out var written, 'x');
        Length += written;
        Append("\r\n"u8);
    }

    private void EndField(Span<byte> free, int end)
    {
        free[end] = (byte)'\r';
        free[end + 1] = (byte)'\n';
        Length += end + 2;
    }

    public void Clear() => Length = 0;

    /// <summary>Gives the array back.</summary>
    public void Return()
    {
        if (_array is { } array) ArrayPool<byte>.Shared.Return(array);
        Drop();
    }

    /// <summary>Lets the array go to the garbage collector.</summary>
    public void Drop()
    {
        _array = null;
        Length = 0;
    }
}
