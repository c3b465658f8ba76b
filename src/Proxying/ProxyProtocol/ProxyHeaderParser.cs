using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads a header of the PROXY protocol, version 1 or 2, strictly and within bounds.</summary>
/// <remarks>The format is that of "The PROXY protocol, Versions 1 &amp; 2" of HAProxy. What is not exactly that is refused: who writes these headers is a program.</remarks>
internal static class ProxyHeaderParser
{
    /// <summary>Octets of the longest line of version 1, its end included.</summary>
    public const int LongestLine = 107;

    /// <summary>Octets of version 2 behind its first 16 that are read at most: addresses and any TLVs.</summary>
    public const int LongestV2Payload = 2048;

    private const int V2Head = 16;
    private const int Ipv4Addresses = 12;
    private const int Ipv6Addresses = 36;
    private const int UnixAddresses = 216;

    private static readonly SearchValues<char> Ipv6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    private static ReadOnlySpan<byte> V1Start => "PROXY "u8;

    private static ReadOnlySpan<byte> V2Start => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>Reads what has come so far.</summary>
    /// <param name="input">The octets from the beginning of the connection.</param>
    /// <param name="header">What it says.</param>
    /// <param name="length">Its length.</param>
    public static ProxyHeaderStatus Parse(in ReadOnlySequence<byte> input, out ProxyHeader header, out int length)
    {
        (header, length) = (default, 0);
        Span<byte> start = stackalloc byte[LongestLine];
        var have = (int)Math.Min(input.Length, LongestLine);
        input.Slice(0, have).CopyTo(start);
        ReadOnlySpan<byte> octets = start[..have];
        if (Begins(octets, V1Start)) return octets.Length < V1Start.Length ? ProxyHeaderStatus.Incomplete : ParseLine(octets, out header, out length);
        if (!Begins(octets, V2Start)) return ProxyHeaderStatus.None;
        return octets.Length < V2Head ? ProxyHeaderStatus.Incomplete : ParseBinary(octets, input.Length, out header, out length);
    }

    private static bool Begins(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> start)
    {
        var common = Math.Min(octets.Length, start.Length);
        return octets[..common].SequenceEqual(start[..common]);
    }

    private static ProxyHeaderStatus ParseLine(ReadOnlySpan<byte> octets, out ProxyHeader header, out int length)
    {
        (header, length) = (default, 0);
        var end = octets.IndexOf((byte)'\r');
        if (end < 0) return octets.Length >= LongestLine ? ProxyHeaderStatus.Invalid : ProxyHeaderStatus.Incomplete;
        if (end + 1 == octets.Length) return end + 1 >= LongestLine ? ProxyHeaderStatus.Invalid : ProxyHeaderStatus.Incomplete;
        if (octets[end + 1] != '\n') return ProxyHeaderStatus.Invalid;
        length = end + 2;
        var line = octets[V1Start.Length..end];
        // Whatever follows UNKNOWN is to be ignored.
        if (line.SequenceEqual("UNKNOWN"u8) || line.StartsWith("UNKNOWN "u8)) return ProxyHeaderStatus.Complete;
        var family = line.StartsWith("TCP4 "u8) ? AddressFamily.InterNetwork : line.StartsWith("TCP6 "u8) ? AddressFamily.InterNetworkV6 : AddressFamily.Unknown;
        if (family == AddressFamily.Unknown) return ProxyHeaderStatus.Invalid;
        var rest = line[5..];
        if (!TryTakeAddress(ref rest, family, out var source) || !TryTakeAddress(ref rest, family, out var destination)
            || !TryTakePort(ref rest, isLast: false, out var sourcePort) || !TryTakePort(ref rest, isLast: true, out var destinationPort)) return ProxyHeaderStatus.Invalid;
        header = new(new(source, sourcePort), new(destination, destinationPort));
        return ProxyHeaderStatus.Complete;
    }

    private static bool TryTakeAddress(ref ReadOnlySpan<byte> rest, AddressFamily family, out IPAddress address)
    {
        address = IPAddress.None;
        var blank = rest.IndexOf((byte)' ');
        if (blank <= 0) return false;
        Span<char> text = stackalloc char[LongestLine];
        var count = Encoding.ASCII.GetChars(rest[..blank], text);
        rest = rest[(blank + 1)..];
        ReadOnlySpan<char> chars = text[..count];
        var isIpv4 = family == AddressFamily.InterNetwork;
        if (isIpv4 ? !IsDotted(chars) : chars.ContainsAnyExcept(Ipv6Characters)) return false;
        if (!IPAddress.TryParse(chars, out var parsed) || parsed.AddressFamily != family) return false;
        address = parsed;
        return true;
    }

    // Four decimal numbers without leading zeros: what others read as octal is not read at all.
    private static bool IsDotted(ReadOnlySpan<char> text)
    {
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (++parts > 4 || part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9') || (part.Length > 1 && part[0] == '0')) return false;
        }

        return parts == 4;
    }

    private static bool TryTakePort(ref ReadOnlySpan<byte> rest, bool isLast, out int port)
    {
        port = 0;
        var end = isLast ? rest.Length : rest.IndexOf((byte)' ');
        if (end is < 1 or > 5 || (end > 1 && rest[0] == '0')) return false;
        if (!Utf8Parser.TryParse(rest[..end], out ushort value, out var consumed) || consumed != end || rest[0] is (byte)'+' or (byte)'-') return false;
        port = value;
        rest = isLast ? default : rest[(end + 1)..];
        return true;
    }

    private static ProxyHeaderStatus ParseBinary(ReadOnlySpan<byte> octets, long available, out ProxyHeader header, out int length)
    {
        (header, length) = (default, 0);
        var (version, command) = (octets[12] >> 4, octets[12] & 0xF);
        var payload = BinaryPrimitives.ReadUInt16BigEndian(octets[14..]);
        if (version != 2 || command > 1 || payload > LongestV2Payload) return ProxyHeaderStatus.Invalid;
        var (family, protocol) = (octets[13] >> 4, octets[13] & 0xF);
        if (family > 3 || protocol > 2) return ProxyHeaderStatus.Invalid;
        var addresses = family switch { 1 => Ipv4Addresses, 2 => Ipv6Addresses, 3 => UnixAddresses, _ => 0 };
        var isLocal = command == 0;
        if (!isLocal && payload < addresses) return ProxyHeaderStatus.Invalid;
        if (available < V2Head + payload) return ProxyHeaderStatus.Incomplete;
        length = V2Head + payload;
        // LOCAL is the proxy's own connection, say a health check; a stream over IP is all that clients of ours use.
        if (isLocal || protocol != 1 || family is not (1 or 2)) return ProxyHeaderStatus.Complete;
        var block = octets.Slice(V2Head, addresses);
        var size = family == 1 ? 4 : 16;
        header = new(
            new(new IPAddress(block[..size]), BinaryPrimitives.ReadUInt16BigEndian(block[(2 * size)..])),
            new(new IPAddress(block.Slice(size, size)), BinaryPrimitives.ReadUInt16BigEndian(block[((2 * size) + 2)..])));
        return ProxyHeaderStatus.Complete;
    }
}
