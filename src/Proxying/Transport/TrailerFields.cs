using System.Collections.Frozen;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying;

/// <summary>Which fields must not stand in a trailer section (RFC 9110 §6.5.1), whichever way a message goes: those of framing, routing, authentication, request modifiers, response control and content format.</summary>
internal static class TrailerFields
{
    private static readonly FrozenSet<string> Forbidden = FrozenSet.ToFrozenSet(
    [
        "Content-Length", "Trailer",
        "Host", "Max-Forwards", "Forwarded", "Via", "Location",
        "Authorization", "Proxy-Authorization", "Proxy-Authenticate", "WWW-Authenticate", "Authentication-Info", "Proxy-Authentication-Info", "Cookie", "Set-Cookie",
        "Cache-Control", "Expect", "Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Pragma",
        "Content-Encoding", "Content-Type", "Content-Range", "Age", "Expires", "Date", "Retry-After", "Vary",
    ],
    StringComparer.OrdinalIgnoreCase);

    public static bool IsForbidden(string name) => HopByHopFields.IsHopByHop(name) || Forbidden.Contains(name) || IsXForwarded(name);

    /// <summary>With underscores too, which some servers take for hyphens.</summary>
    private static bool IsXForwarded(string name) =>
        name.Length > 12 && name[0] is 'X' or 'x' && name[1] is '-' or '_' && name[11] is '-' or '_'
        && name.AsSpan(2, 9).Equals("Forwarded", StringComparison.OrdinalIgnoreCase);
}
