using System.Buffers.Binary;
using System.Numerics;

namespace Net2Secure.Routing.Caching;

/// <summary>CRC-32C (RFC 3720 §12.1): finds bytes that were cut off or changed by accident, at the speed of the processor's own instruction. No protection against intent.</summary>
internal static class Checksum
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
