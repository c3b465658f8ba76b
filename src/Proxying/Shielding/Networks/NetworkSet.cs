using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Networks, made for one question: is this address in one of them?</summary>
/// <remarks>
/// One frozen set of prefixes for each length that occurs: a question costs one look-up per length, however many networks there are. An IPv4 address that came as IPv6
/// (<c>::ffff:10.0.0.1</c>) is the IPv4 address, in the networks as in the question, so that no list is passed by in another spelling.
/// </remarks>
internal sealed class NetworkSet
{
    private const int MappedBits = 96;

    private readonly Prefixes[] _ipv4;
    private readonly Prefixes[] _ipv6;

    private NetworkSet(IEnumerable<Network> networks)
    {
        var all = networks.ToArray();
        _ipv4 = Group(all.Where(static n => n.IsIpv4), 32);
        _ipv6 = Group(all.Where(static n => !n.IsIpv4), 128);
        HoldsEverything = all.Any(static n => n.Length == 0);
    }

    /// <summary>Whether one of the networks is all of IPv4 or all of IPv6.</summary>
    public bool HoldsEverything { get; }

    /// <summary>Makes a set of what was checked before.</summary>
    /// <returns><see langword="null"/> where there are no networks.</returns>
    public static NetworkSet? From(IEnumerable<string>? networks)
    {
        var read = new List<Network>();
        foreach (var text in networks ?? [])
        {
            if (TryParse(text, out var network, out _)) read.Add(network);
        }

        return read.Count == 0 ? null : new(read);
    }

    /// <summary>Reports each text that is no network.</summary>
    public static void Validate(IList<string>? networks, string path, ICollection<ConfigError> errors)
    {
        for (var i = 0; i < networks?.Count; i++)
        {
            if (!TryParse(networks[i], out _, out var problem)) errors.Report(path.Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture)), problem);
        }
    }

    /// <summary>Whether an address is in one of the networks.</summary>
    public bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        var value = length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
        if (length == 4) return Find(_ipv4, value);
        return IsMapped(value) ? Find(_ipv4, (uint)value) : Find(_ipv6, value);
    }

    private static bool Find(Prefixes[] lengths, UInt128 value)
    {
        foreach (var prefixes in lengths)
        {
            if (prefixes.Values.Contains(value & prefixes.Mask)) return true;
        }

        return false;
    }

    private static Prefixes[] Group(IEnumerable<Network> networks, int bits) =>
        [.. networks.GroupBy(static n => n.Length).OrderBy(static g => g.Key).Select(g => new Prefixes(MaskOf(g.Key, bits), g.Select(static n => n.Value).ToFrozenSet()))];

    private static bool TryParse(string? text, out Network network, out string problem)
    {
        network = default;
        problem = $"'{text}' is no network: an address with the length of its prefix is expected, such as 10.0.0.0/8 or 2001:db8::/32, or a single address.";
        if (string.IsNullOrWhiteSpace(text) || text.Contains('%', StringComparison.Ordinal)) return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];
        // Short forms such as 10.1 are read as 10.0.0.1, which nobody means.
        if (!IPAddress.TryParse(host, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && host.Count(static c => c == '.') != 3)) return false;
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out length) || length > bits)) return false;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var value = bits == 32 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
        if ((value & ~MaskOf(length, bits)) != 0)
        {
            problem = $"'{text}' has bits behind its prefix: {Text(value & MaskOf(length, bits), bits)}/{length} is the network, {host} alone the address.";
            return false;
        }

        network = bits == 128 && length >= MappedBits && IsMapped(value) ? new(true, (uint)value, length - MappedBits) : new(bits == 32, value, length);
        return true;
    }

    private static string Text(UInt128 value, int bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new IPAddress(bits == 32 ? bytes[12..] : bytes).ToString();
    }

    private static bool IsMapped(UInt128 value) => value >> 32 == 0xFFFF;

    private static UInt128 MaskOf(int length, int bits) => length == 0 ? UInt128.Zero : (UInt128.MaxValue << (bits - length)) & (UInt128.MaxValue >> (128 - bits));

    private readonly record struct Network(bool IsIpv4, UInt128 Value, int Length);

    private sealed record Prefixes(UInt128 Mask, FrozenSet<UInt128> Values);
}
