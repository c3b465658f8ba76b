using System.Buffers.Binary;

namespace Net2Secure.Routing.Caching;

/// <summary>The beginning of a file: what it is, how long its parts are, and where its heads are. Then come room for a head, the body, and later heads.</summary>
/// <remarks>
/// All numbers are little-endian. 0: magic (8), version (4), room for the first head (4), length of the body (8), checksum of the body (4), reserved (4), checksum of all that (4), reserved (12). At 48 and at 80 a slot
/// each: sequence (8), offset (8), length (4), checksum of the head (4), flags (4), checksum of the slot (4).
/// </remarks>
internal readonly record struct DiskPreamble(int HeadRoom, long BodyLength, uint BodyChecksum, DiskSlot? First, DiskSlot? Second)
{
    public const int Bytes = 112;
    public const int SlotBytes = 32;

    private const int FixedBytes = 32;
    private const int FirstSlot = 48;
    private const uint Version = 1;
    private const uint DoubtedFlag = 1;

    private static ReadOnlySpan<byte> Magic => "N2S\u0001RSP\n"u8;

    public long BodyOffset => Bytes + HeadRoom;

    public long BodyEnd => BodyOffset + BodyLength;

    /// <summary>Where the slot of a file is that does not count at the moment.</summary>
    public long OffsetOfOther => Later == First ? FirstSlot + SlotBytes : FirstSlot;

    public DiskSlot? Later => First is null || Second?.Sequence > First.Value.Sequence ? Second : First;

    public DiskSlot? Earlier => Later == First ? Second : First;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out DiskPreamble preamble)
    {
        preamble = default;
        if (bytes.Length < Bytes || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != Version) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[FixedBytes..]) != DiskChecksum.Of(bytes[..FixedBytes])) return false;
        preamble = new DiskPreamble(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            ReadSlot(bytes[FirstSlot..]), ReadSlot(bytes[(FirstSlot + SlotBytes)..]));
        return preamble is { HeadRoom: >= 0, BodyLength: >= 0 };
    }

    /// <summary>Writes the beginning of a new file.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[..Bytes].Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], HeadRoom);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], BodyLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], BodyChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[FixedBytes..], DiskChecksum.Of(bytes[..FixedBytes]));
        if (First is { } first) WriteSlot(bytes[FirstSlot..], first);
    }

    public static void WriteSlot(Span<byte> bytes, in DiskSlot slot)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, slot.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], slot.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], slot.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], slot.Checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], slot.IsDoubted ? DoubtedFlag : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], DiskChecksum.Of(bytes[..28]));
    }

    /// <summary>Where a head of some length finds room without touching the one that counts, or the body.</summary>
    public long RoomFor(int length)
    {
        var active = Later!.Value;
        if (active.Offset != Bytes && length <= HeadRoom) return Bytes;
        return active.Offset < BodyEnd || active.Offset >= BodyEnd + length ? BodyEnd : active.Offset + active.Length;
    }

    private static DiskSlot? ReadSlot(ReadOnlySpan<byte> bytes)
    {
        var slot = new DiskSlot(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]), (BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]) & DoubtedFlag) != 0);
        var isWhole = BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]) == DiskChecksum.Of(bytes[..28]);
        return isWhole && slot is { Sequence: > 0, Offset: >= Bytes, Length: > 0 and <= DiskHead.MaxBytes } ? slot : null;
    }
}
