using System.Buffers;
using System.Buffers.Binary;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>Puts the first message of a TLS handshake together out of its records (RFC 8446 §5.1), to read the name in it.</summary>
internal static class HelloReader
{
    /// <summary>Octets of the records with the message that are read at most. Messages of browsers have some 2,000.</summary>
    public const int MostOctets = 16 * 1024;

    private const int RecordHeader = 5;
    private const int MessageHeader = 4;
    private const byte Handshake = 22;
    private const byte ClientHello = 1;
    private const int LongestRecord = 16 * 1024;

    /// <summary>Reads what has come so far.</summary>
    /// <param name="octets">The octets from the beginning.</param>
    /// <param name="serverName">The name asked for, in lower case; <see langword="null"/> when there is none.</param>
    public static HelloStatus Read(ReadOnlySpan<byte> octets, out string? serverName)
    {
        serverName = null;
        var message = ArrayPool<byte>.Shared.Rent(RecordHeader + MostOctets);
        try
        {
            var status = Join(octets, message.AsSpan(RecordHeader, MostOctets), out var length);
            if (status == HelloStatus.Complete) serverName = ClientHelloReader.Read(message.AsSpan(0, RecordHeader + length)).ServerName;
            return status;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    private static HelloStatus Join(ReadOnlySpan<byte> octets, Span<byte> message, out int length)
    {
        length = 0;
        var wanted = MessageHeader;
        while (length < wanted)
        {
            // What is no TLS is known by its first octets: nobody waits for more of it.
            if (octets.Length > 0 && octets[0] != Handshake) return HelloStatus.Invalid;
            if (octets.Length > 1 && octets[1] != 3) return HelloStatus.Invalid;
            if (octets.Length < RecordHeader) return HelloStatus.Incomplete;
            var record = BinaryPrimitives.ReadUInt16BigEndian(octets[3..]);
            if (record is 0 or > LongestRecord) return HelloStatus.Invalid;
            var part = octets[RecordHeader..];
            part = part[..Math.Min(part.Length, record)];
            if (length + part.Length > message.Length) return HelloStatus.Invalid;
            part.CopyTo(message[length..]);
            length += part.Length;
            if (length >= MessageHeader)
            {
                if (message[0] != ClientHello || message[1] != 0) return HelloStatus.Invalid;
                wanted = MessageHeader + BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
                if (wanted > message.Length) return HelloStatus.Invalid;
            }

            if (length >= wanted) break;
            if (part.Length < record) return HelloStatus.Incomplete;
            octets = octets[(RecordHeader + record)..];
        }

        length = wanted;
        return HelloStatus.Complete;
    }
}
