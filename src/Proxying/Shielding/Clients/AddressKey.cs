using System.Buffers.Binary;
using System.Net;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>What counts as one client: an IPv4 address, or the /64 of an IPv6 address, of which whoever has one address mostly has all.</summary>
internal readonly record struct AddressKey(UInt128 Value)
{
    private const int MappedIpv4 = 0xFFFF;

    public static AddressKey Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (length == 4) return new(((UInt128)MappedIpv4 << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes));
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return new(value >> 32 == MappedIpv4 ? value : value >> 64 << 64);
    }
}
