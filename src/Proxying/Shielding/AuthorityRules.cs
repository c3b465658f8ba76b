using System.Buffers;

namespace Net2Secure.Routing.Proxying;

/// <summary>Decides whether a <c>Host</c> value or an authority names exactly one host, with or without a port (RFC 9110 §7.2, RFC 3986 §3.2).</summary>
/// <remarks>
/// Stricter than the grammar on purpose: sub-delimiters, percent-encoding and zone identifiers have no use in a host name on the wire, and every
/// one of them is read differently by some server. Letters, digits, <c>-</c>, <c>.</c>, <c>_</c> and <c>~</c> remain; an address in brackets may hold hex digits, colons and dots.
/// </remarks>
internal static class AuthorityRules
{
    /// <summary>Longest authority accepted, in octets: 255 of a DNS name, brackets and port, rounded up.</summary>
    internal const int MaxLength = 320;

    private static readonly SearchValues<byte> RegName = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);
    private static readonly SearchValues<byte> Address = SearchValues.Create("0123456789ABCDEFabcdef:."u8);

    /// <summary>Whether it is <c>host</c> or <c>host:port</c>. Empty is not.</summary>
    internal static bool IsAuthority(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value.Length > MaxLength)
            return false;
        int hostLength;
        if (value[0] == (byte)'[')
        {
            var close = value.IndexOf((byte)']');
            if (close < 3)
                return false;
            var address = value[1..close];
            if (address.IndexOfAnyExcept(Address) >= 0 || !address.Contains((byte)':'))
                return false;
            hostLength = close + 1;
        }
        else
        {
            hostLength = value.IndexOfAnyExcept(RegName);
            if (hostLength < 0)
                return true;
            if (hostLength == 0)
                return false;
        }

        return hostLength == value.Length || (value[hostLength] == (byte)':' && IsPort(value[(hostLength + 1)..]));
    }

    /// <summary>The same for text: characters beyond ASCII refuse it.</summary>
    internal static bool IsAuthority(ReadOnlySpan<char> value)
    {
        if (value.Length > MaxLength)
            return false;
        Span<byte> bytes = stackalloc byte[MaxLength];
        return System.Text.Ascii.FromUtf16(value, bytes, out var written) == OperationStatus.Done && IsAuthority(bytes[..written]);
    }

    private static bool IsPort(ReadOnlySpan<byte> digits)
    {
        if (digits.IsEmpty || digits.Length > 5)
            return false;
        var port = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            port = (port * 10) + (digit - '0');
        }

        return port <= ushort.MaxValue;
    }
}
