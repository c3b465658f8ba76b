using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Reads the server name out of the first message of a TLS handshake (RFC 8446 §4.1.2, RFC 6066 §3).</summary>
/// <remarks>Reads, and judges nothing: what it cannot read has no name, and the handshake itself will say what is wrong with it.</remarks>
internal static class ClientHello
{
    private const int RecordHeader = 5;
    private const int BeforeSession = 4 + 2 + 32;
    private const int LongestName = 255;

    /// <summary>The name the client asks for; <see langword="null"/> when it names none.</summary>
    /// <param name="hello">The record with the message, from its first octet.</param>
    public static string? ServerName(in ReadOnlySequence<byte> hello)
    {
        var length = (int)Math.Min(hello.Length, 16 * 1024);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            hello.Slice(0, length).CopyTo(rented);
            return ServerName(rented.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static string? ServerName(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < RecordHeader + BeforeSession) return null;
        octets = octets[(RecordHeader + BeforeSession)..];
        // Session, cipher suites, compression methods.
        if (!TryTake(ref octets, 1, out _) || !TryTake(ref octets, 2, out _) || !TryTake(ref octets, 1, out _)) return null;
        // Of extensions, as much as there is: a message in several records is read up to the end of its first.
        if (octets.Length < 2) return null;
        octets = octets[2..];
        while (octets.Length > 4)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(octets);
            octets = octets[2..];
            if (!TryTake(ref octets, 2, out var extension)) return null;
            if (type == 0) return NameIn(extension);
        }

        return null;
    }

    private static string? NameIn(ReadOnlySpan<byte> extension)
    {
        const byte hostName = 0;
        if (!TryTake(ref extension, 2, out var list) || list.IsEmpty || list[0] != hostName) return null;
        list = list[1..];
        return TryTake(ref list, 2, out var name) && name.Length is > 0 and <= LongestName && Ascii.IsValid(name) ? Encoding.ASCII.GetString(name) : null;
    }

    /// <summary>Takes what a length of so many octets announces.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> octets, int lengthOctets, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (octets.Length < lengthOctets) return false;
        var length = lengthOctets == 1 ? octets[0] : BinaryPrimitives.ReadUInt16BigEndian(octets);
        octets = octets[lengthOctets..];
        if (octets.Length < length) return false;
        taken = octets[..length];
        octets = octets[length..];
        return true;
    }
}
