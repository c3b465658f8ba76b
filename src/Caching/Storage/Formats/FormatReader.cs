using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Net2Secure.Routing.Caching;

/// <summary>Reads what a <see cref="FormatWriter"/> has written. Never throws for what it is given: from the first mistake on everything is empty, and <see cref="IsWhole"/> says so at the end.</summary>
internal ref struct FormatReader
{
    private ReadOnlySpan<byte> _rest;
    private bool _isBroken;

    /// <param name="value">What came back.</param>
    /// <param name="kind">What it should be.</param>
    public FormatReader(ReadOnlySpan<byte> value, ReadOnlySpan<byte> kind)
    {
        _isBroken = value.Length < FormatWriter.SealBytes || !value[..4].SequenceEqual(kind)
            || BinaryPrimitives.ReadUInt32LittleEndian(value[4..]) != Checksum.Of(value[FormatWriter.SealBytes..]);
        _rest = _isBroken ? default : value[FormatWriter.SealBytes..];
    }

    /// <summary>All that was read was there.</summary>
    public readonly bool IsSound => !_isBroken;

    /// <summary>All that was read was there, and there is no more.</summary>
    public readonly bool IsWhole => !_isBroken && _rest.IsEmpty;

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            _isBroken = true;
            _rest = default;
            return default;
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public byte Byte() => Take(1) is [var value] ? value : (byte)0;

    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => Broken(),
    };

    public int Int32() => Take(sizeof(int)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

    public long Int64() => Take(sizeof(long)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    public Guid Id() => Take(16) is { IsEmpty: false } bytes ? new Guid(bytes) : Guid.Empty;

    public DateTimeOffset Time()
    {
        var ticks = Int64();
        if (ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks) return new DateTimeOffset(ticks, TimeSpan.Zero);
        Broken();
        return default;
    }

    /// <summary>How many of something follow, each of which takes a byte at least: never more than could be there.</summary>
    public int Count()
    {
        var count = Int32();
        if (count >= 0 && count <= _rest.Length) return count;
        Broken();
        return 0;
    }

    public string? Text()
    {
        var width = Byte();
        if (width == 0) return null;
        var length = Int32();
        if (width > 2 || length < 0 || length > _rest.Length / width)
        {
            Broken();
            return null;
        }

        var bytes = Take(length * width);
        return width == 1 ? Encoding.Latin1.GetString(bytes) : Wide(bytes, length);
    }

    private static string Wide(ReadOnlySpan<byte> bytes, int length)
    {
        Span<char> characters = length <= 256 ? stackalloc char[length] : new char[length];
        bytes.CopyTo(MemoryMarshal.AsBytes(characters));
        return new string(characters);
    }

    private bool Broken()
    {
        _isBroken = true;
        _rest = default;
        return false;
    }
}
