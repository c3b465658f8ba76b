using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Net2Secure.Routing.Balancing;

/// <summary>The rules for a host with an optional port (<c>uri-host [":" port]</c>, RFC 9110 §7.2).</summary>
internal static class HostSyntax
{
    /// <returns>What is wrong with the text, or null.</returns>
    public static string? Problem(string text)
    {
        ReadOnlySpan<char> host = text;
        var end = host.StartsWith("[") ? host.IndexOf(']') + 1 : host.IndexOf(':');
        if (host.StartsWith("[") && end == 0)
        {
            return $"'{text}' is not allowed: the bracket of an IPv6 address is not closed.";
        }

        if (end >= 0 && end < host.Length)
        {
            if (PortProblem(text, host[end..]) is { } problem)
            {
                return problem;
            }

            host = host[..end];
        }

        return NameProblem(text, host);
    }

    /// <param name="text">The whole text, for the message.</param>
    /// <param name="port">The port with its colon.</param>
    public static string? PortProblem(string text, ReadOnlySpan<char> port)
        => port[0] == ':' && ushort.TryParse(port[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? null
            : $"'{text}' is not allowed: after the host a colon and a port of 1 to 65535 may follow; an IPv6 address stands in brackets.";

    /// <param name="text">The whole text, for the message.</param>
    /// <param name="name">A name, an IPv4 address, or an IPv6 address in brackets.</param>
    public static string? NameProblem(string text, ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
        {
            return $"'{text}' is not allowed: the host is empty.";
        }

        if (name[0] == '[')
        {
            return IPAddress.TryParse(name[1..^1], out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? null
                : $"'{text}' is not allowed: what stands in brackets is no IPv6 address.";
        }

        foreach (var c in name)
        {
            // Letters beyond ASCII are for names in Unicode, in which ASP.NET Core compares hosts.
            if (!char.IsLetterOrDigit(c) && c is not ('-' or '_' or '.') && c < 0x80)
            {
                return $"'{text}' is not allowed: '{c}' cannot stand in a host; a URL is not expected here.";
            }
        }

        return name.StartsWith(".") || name.IndexOf("..", StringComparison.Ordinal) >= 0 ? $"'{text}' is not allowed: a part between dots is empty." : null;
    }
}
