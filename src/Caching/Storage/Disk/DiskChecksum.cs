using System.Buffers.Binary;
using System.Numerics;

namespace Net2Secure.Routing.Caching;

/// <summary>CRC-32C (RFC 9260 appendix A), which processors compute by themselves. Against what breaks, not against what is forged.</summary>
internal static class DiskChecksum
{
    public const uint Start = uint.MaxValue;

    /// <summary>Goes on where it was left; how the bytes are cut into parts does not matter.</summary>
    public static uint Add(uint checksum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes) checksum = BitOperations.Crc32C(checksum, value);
        return checksum;
    }

    public static uint Of(ReadOnlySpan<byte> bytes) => Add(Start, bytes);
}
