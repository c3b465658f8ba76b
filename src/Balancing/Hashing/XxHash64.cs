using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text;

namespace Net2Secure.Routing.Balancing;

/// <summary>The hash of keys and names: XXH64 over the bytes, for text those of UTF-8.</summary>
/// <remarks>
/// Why: a few nanoseconds for a short key, every bit of the key reaches every bit of the hash, and it is published with test vectors, so that the same key has the same place in every process,
/// on every machine and in every release, and anybody can compute it. <see cref="string.GetHashCode()"/> differs from start to start on purpose.
/// It has no secret: who chooses keys can choose where they go. Source: Collet, "xxHash fast digest algorithm", the description of its 64 bit variant.
/// </remarks>
internal static class XxHash64
{
    private const ulong Prime1 = 0x9E37_79B1_85EB_CA87;
    private const ulong Prime2 = 0xC2B2_AE3D_27D4_EB4F;
    private const ulong Prime3 = 0x1656_67B1_9E37_79F9;
    private const ulong Prime4 = 0x85EB_CA77_C2B2_AE63;
    private const ulong Prime5 = 0x27D4_EB2F_1656_67C5;

    /// <summary>Longest text that is converted on the stack, three bytes of UTF-8 each at the most: most keys are shorter, and more room would take longer to clear than to hash.</summary>
    private const int StackChars = 64;

    /// <summary>The hash of a text in UTF-8. Allocates nothing; for long texts a buffer is borrowed.</summary>
    public static ulong Of(ReadOnlySpan<char> text, ulong seed = 0)
    {
        if (text.Length <= StackChars)
        {
            Span<byte> bytes = stackalloc byte[StackChars * 3];
            return Of(bytes[..Encoding.UTF8.GetBytes(text, bytes)], seed);
        }

        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            return Of(rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)), seed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The hash of the 4 or 16 bytes of an address; an IPv4 address mapped into IPv6 counts as the IPv4 address that it is.</summary>
    public static ulong Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6) return Of(bytes[12..]);
        return Of(bytes[..length]);
    }

    /// <summary>The hash of bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var rest = bytes;
        var hash = (rest.Length < 32 ? seed + Prime5 : Stripes(ref rest, seed)) + (ulong)bytes.Length;
        for (; rest.Length >= 8; rest = rest[8..])
        {
            hash ^= Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest));
            hash = (BitOperations.RotateLeft(hash, 27) * Prime1) + Prime4;
        }

        if (rest.Length >= 4)
        {
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1;
            hash = (BitOperations.RotateLeft(hash, 23) * Prime2) + Prime3;
            rest = rest[4..];
        }

        foreach (var one in rest) hash = BitOperations.RotateLeft(hash ^ (one * Prime5), 11) * Prime1;
        return Mix(hash);
    }

    /// <summary>Lets every bit of a number reach every bit of the result, one to one.</summary>
    public static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    /// <summary>Takes all whole stripes of 32 bytes off the front.</summary>
    private static ulong Stripes(ref ReadOnlySpan<byte> rest, ulong seed)
    {
        var (one, two, three, four) = (unchecked(seed + Prime1 + Prime2), seed + Prime2, seed, seed - Prime1);
        for (; rest.Length >= 32; rest = rest[32..])
        {
            one = Round(one, BinaryPrimitives.ReadUInt64LittleEndian(rest));
            two = Round(two, BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
            three = Round(three, BinaryPrimitives.ReadUInt64LittleEndian(rest[16..]));
            four = Round(four, BinaryPrimitives.ReadUInt64LittleEndian(rest[24..]));
        }

        var hash = BitOperations.RotateLeft(one, 1) + BitOperations.RotateLeft(two, 7) + BitOperations.RotateLeft(three, 12) + BitOperations.RotateLeft(four, 18);
        return Merge(Merge(Merge(Merge(hash, one), two), three), four);
    }

    private static ulong Round(ulong lane, ulong input) => BitOperations.RotateLeft(lane + (input * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong lane) => ((hash ^ Round(0, lane)) * Prime1) + Prime4;
}
