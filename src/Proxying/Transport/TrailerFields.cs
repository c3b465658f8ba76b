using System.Collections.Frozen;

namespace Net2Secure.Routing.Proxying;

/// <summary>Which fields must not stand in a trailer section (RFC 9110 §6.5.1): those of framing, routing, authentication, request modifiers and content format.</summary>
internal static class TrailerFields
{
    private static readonly FrozenSet<string> Forbidden = FrozenSet.ToFrozenSet(
    [
        "Transfer-Encoding", "Content-Length", "Trailer", "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade",
        "Host", "Max-Forwards", "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Location",
        "Authorization", "Proxy-Authorization", "Proxy-Authenticate", "WWW-Authenticate", "Authentication-Info", "Proxy-Authentication-Info", "Cookie", "Set-Cookie",
        "Cache-Control", "Expect", "Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Pragma",
        "Content-Encoding", "Content-Type", "Content-Range", "Age", "Expires", "Date", "Retry-After", "Vary",
    ],
    StringComparer.OrdinalIgnoreCase);

    public static bool IsForbidden(string name) => Forbidden.Contains(name);
}
