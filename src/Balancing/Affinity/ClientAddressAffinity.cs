using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps clients by their address, or the network it is in. Requests without one, as those of an <see cref="HttpClient"/>, are balanced.</summary>
internal sealed class ClientAddressAffinity(TimeProvider time) : KeyedAffinity(time)
{
    private static readonly ClientAddressOptions Default = new();

    /// <inheritdoc/>
    protected override bool TryGetKey(HttpRequestMessage request, SessionAffinityOptions options, out UInt128 key)
    {
        key = default;
        if (request is not RoutedRequestMessage { ClientAddress: { } address }) return false;
        key = NetworkOf(address, options.ClientAddress ?? Default);
        return true;
    }

    /// <summary>The bits of an address that count; IPv4 in its IPv6 form, by whichever way it came.</summary>
    internal static UInt128 NetworkOf(IPAddress address, ClientAddressOptions options)
    {
        Span<byte> bytes = stackalloc byte[16];
        var isV4 = address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            (bytes[10], bytes[11]) = (0xff, 0xff);
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }

        var cut = isV4 ? 32 - options.IPv4PrefixLength : 128 - options.IPv6PrefixLength;
        return (BinaryPrimitives.ReadUInt128BigEndian(bytes) >> cut) << cut;
    }
}
