using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>Writes a header of the PROXY protocol for a connection to a destination.</summary>
internal static class ProxyHeaderWriter
{
    private const int Ipv4Length = 12;
    private const int Ipv6Length = 36;

    /// <summary>Writes it.</summary>
    /// <param name="version">1 or 2.</param>
    /// <param name="source">The client; <see langword="null"/> where it is unknown.</param>
    /// <param name="destination">Where it connected to.</param>
    public static byte[] Write(ProxyProtocolVersion version, IPEndPoint? source, IPEndPoint? destination)
    {
        var isKnown = source is not null && destination is not null;
        // Both addresses are of one family: where they differ, an IPv4 address is told as the IPv6 address that stands for it.
        var (from, to) = isKnown ? Align(source!.Address, destination!.Address) : default;
        return version == ProxyProtocolVersion.V1 ? WriteLine(from, source?.Port ?? 0, to, destination?.Port ?? 0) : WriteBinary(from, source?.Port ?? 0, to, destination?.Port ?? 0);
    }

    private static (IPAddress From, IPAddress To) Align(IPAddress from, IPAddress to)
    {
        if (from.IsIPv4MappedToIPv6) from = from.MapToIPv4();
        if (to.IsIPv4MappedToIPv6) to = to.MapToIPv4();
        return from.AddressFamily == to.AddressFamily ? (from, to) : (from.MapToIPv6(), to.MapToIPv6());
    }

    private static byte[] WriteLine(IPAddress? from, int fromPort, IPAddress? to, int toPort)
    {
        if (from is null || to is null) return "PROXY UNKNOWN\r\n"u8.ToArray();
        var family = from.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6";
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"PROXY {family} {Plain(from)} {Plain(to)} {fromPort} {toPort}\r\n"));
    }

    // Without the zone of this machine.
    private static string Plain(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()).ToString() : address.ToString();

    private static byte[] WriteBinary(IPAddress? from, int fromPort, IPAddress? to, int toPort)
    {
        var isKnown = from is not null && to is not null;
        var isIpv4 = from?.AddressFamily == AddressFamily.InterNetwork;
        var payload = !isKnown ? 0 : isIpv4 ? Ipv4Length : Ipv6Length;
        var header = new byte[16 + payload];
        ReadOnlySpan<byte> start = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];
        start.CopyTo(header);
        header[12] = (byte)(isKnown ? 0x21 : 0x20);
        header[13] = (byte)(!isKnown ? 0x00 : isIpv4 ? 0x11 : 0x21);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)payload);
        if (!isKnown) return header;
        var block = header.AsSpan(16);
        from!.TryWriteBytes(block, out var size);
        to!.TryWriteBytes(block[size..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(block[(2 * size)..], (ushort)fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(block[((2 * size) + 2)..], (ushort)toPort);
        return header;
    }
}
