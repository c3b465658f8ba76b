using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Finds the client in what trusted proxies say: the last address in the list that is not one of theirs.</summary>
/// <remarks>
/// Every proxy appends whom it talked to, so the list is believed from its end as long as those who wrote are trusted. What stands before that may be anybody's invention. An entry that is no
/// address ends the search: the proxy behind it is the last that is known.
/// </remarks>
internal static class ForwardedFieldReader
{
    private const int MostEntries = 64;

    /// <summary>Finds the client.</summary>
    /// <param name="fields">The fields of the request.</param>
    /// <param name="peer">Who sent it, a trusted proxy.</param>
    /// <param name="shield">Who is trusted, and which field is read.</param>
    /// <param name="scheme">The scheme that the client used: <c>http</c> or <c>https</c>; <see langword="null"/> where nobody says.</param>
    /// <returns>Its address.</returns>
    public static IPAddress FindClient(IHeaderDictionary fields, IPAddress peer, ShieldState shield, out string? scheme)
    {
        var isForwarded = shield.ClientAddressFrom == ClientAddressField.Forwarded;
        var entries = Entries(isForwarded ? fields["Forwarded"] : fields["X-Forwarded-For"]);
        var client = peer;
        var found = -1;
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            if (!TryReadAddress(isForwarded ? Parameter(entries[i], "for") : entries[i], out var address)) break;
            client = address;
            found = i;
            if (!shield.Trusts(address)) break;
        }

        scheme = isForwarded ? found < 0 ? null : Known(Parameter(entries[found], "proto")) : SchemeOf(fields["X-Forwarded-Proto"], found, entries.Count);
        return client;
    }

    // A proxy that appends to both lists keeps them in step; one that sets the scheme says it of its own client.
    private static string? SchemeOf(in StringValues field, int found, int addresses)
    {
        if (field.Count == 0) return null;
        var schemes = Entries(field);
        if (schemes.Count == 0) return null;
        return Known(found >= 0 && schemes.Count == addresses ? schemes[found] : schemes[^1]);
    }

    private static string? Known(ReadOnlySpan<char> scheme) =>
        scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? "https" : scheme.Equals("http", StringComparison.OrdinalIgnoreCase) ? "http" : null;

    /// <summary>The last entries of a list in their order; commas in quotes do not divide.</summary>
    private static List<string> Entries(in StringValues field)
    {
        var entries = new List<string>();
        foreach (var line in field)
        {
            var rest = line.AsSpan();
            while (!rest.IsEmpty)
            {
                var end = EndOfEntry(rest);
                var entry = rest[..end].Trim(" \t");
                if (!entry.IsEmpty) entries.Add(entry.ToString());
                rest = end < rest.Length ? rest[(end + 1)..] : default;
            }
        }

        if (entries.Count > MostEntries) entries.RemoveRange(0, entries.Count - MostEntries);
        return entries;
    }

    private static int EndOfEntry(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\') i++;
            else if (text[i] == '"') quoted = !quoted;
            else if (!quoted && text[i] == ',') return i;
        }

        return text.Length;
    }

    /// <summary>The value of a parameter of an element (RFC 7239 §4), without its quotes.</summary>
    private static ReadOnlySpan<char> Parameter(string element, string name)
    {
        foreach (var range in element.AsSpan().Split(';'))
        {
            var pair = element.AsSpan()[range].Trim(" \t");
            var equals = pair.IndexOf('=');
            if (equals < 0 || !pair[..equals].Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            var value = pair[(equals + 1)..];
            return value is ['"', .. var inner, '"'] ? inner : value;
        }

        return default;
    }

    /// <summary>An address with or without port; an IPv6 address with a port stands in brackets.</summary>
    private static bool TryReadAddress(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.StartsWith("["))
        {
            var end = text.IndexOf(']');
            if (end < 0 || !IsPort(text[(end + 1)..])) return false;
            text = text[1..end];
            if (!text.Contains(':')) return false;
        }
        else if (text.IndexOf(':') is var colon and >= 0 && text.LastIndexOf(':') == colon)
        {
            if (!IsPort(text[colon..])) return false;
            text = text[..colon];
        }

        // Short forms such as 10.1 are nobody's address.
        if ((!text.Contains(':') && text.Count('.') != 3) || text.Contains('%') || !IPAddress.TryParse(text, out var parsed)) return false;
        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.IsEmpty || (text[0] == ':' && ushort.TryParse(text[1..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _));
}
