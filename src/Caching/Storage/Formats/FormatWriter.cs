using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Net2Secure.Routing.Caching;

/// <summary>Writes what is stored outside of this process: numbers in little endian, texts after their length, all of it behind a seal that tells whether it came back as it was.</summary>
internal sealed class FormatWriter
{
    /// <summary>Bytes in front of the content: kind, checksum.</summary>
    public const int SealBytes = 8;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <param name="kind">What is written and in which version: four letters and digits.</param>
    public FormatWriter(ReadOnlySpan<byte> kind)
    {
        kind[..4].CopyTo(_buffer.GetSpan(SealBytes));
        _buffer.Advance(SealBytes);
    }

    public int Length => _buffer.WrittenCount;

    public void Write(byte value) => _buffer.Write([value]);

    public void Write(bool value) => Write(value ? (byte)1 : (byte)0);

    public void Write(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(sizeof(int)), value);
        _buffer.Advance(sizeof(int));
    }

    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(sizeof(long)), value);
        _buffer.Advance(sizeof(long));
    }

    public void Write(DateTimeOffset value) => Write(value.UtcTicks);

    public void Write(Guid value)
    {
        value.TryWriteBytes(_buffer.GetSpan(16));
        _buffer.Advance(16);
    }

    /// <summary>Any text, even one that no encoding of Unicode knows: in one byte a character where that is enough, else in two.</summary>
    public void Write(string? value)
    {
        if (value is null)
        {
            Write((byte)0);
            return;
        }

        var isNarrow = !value.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff');
        Write(isNarrow ? (byte)1 : (byte)2);
        Write(value.Length);
        if (isNarrow) _buffer.Advance(Encoding.Latin1.GetBytes(value, _buffer.GetSpan(value.Length)));
        else _buffer.Write(MemoryMarshal.AsBytes(value.AsSpan()));
    }

    public void Write(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    /// <summary>Seals what was written and gives it out. Nothing is written afterwards.</summary>
    public ReadOnlyMemory<byte> Seal()
    {
        var written = MemoryMarshal.AsMemory(_buffer.WrittenMemory);
        BinaryPrimitives.WriteUInt32LittleEndian(written.Span[4..], Checksum.Of(written.Span[SealBytes..]));
        return written;
    }
}
