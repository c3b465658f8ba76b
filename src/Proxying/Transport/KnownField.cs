using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>What the transport itself reads of a response field.</summary>
internal enum FieldRole : byte
{
    /// <summary>Nothing: it is handed on.</summary>
    None,

    /// <summary>It belongs to the content's collection.</summary>
    Content,

    /// <summary><c>Content-Length</c>, which belongs to the content's collection as well.</summary>
    ContentLength,

    /// <summary><c>Transfer-Encoding</c>.</summary>
    TransferEncoding,

    /// <summary><c>Connection</c>.</summary>
    Connection,

    /// <summary><c>Keep-Alive</c>.</summary>
    KeepAlive,
}

/// <summary>Field names that are found by their bytes, without a string being made.</summary>
internal sealed record KnownField(string Name, FieldRole Role)
{
    private static readonly KnownField[][] ByLength = Group(
    [
        new("Content-Length", FieldRole.ContentLength), new("Transfer-Encoding", FieldRole.TransferEncoding),
        new("Connection", FieldRole.Connection), new("Keep-Alive", FieldRole.KeepAlive),
        .. WithRole(FieldRole.Content, "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Content-MD5", "Content-Range",
            "Content-Type", "Expires", "Last-Modified"),
        .. WithRole(FieldRole.None, "Accept-Ranges", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods",
            "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Age", "Alt-Svc", "Cache-Control", "CF-RAY", "Content-Security-Policy",
            "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Date", "ETag", "grpc-message", "grpc-status", "Link", "Location", "NEL", "P3P", "Permissions-Policy",
            "Pragma", "Proxy-Authenticate", "Proxy-Status", "Referrer-Policy", "Refresh", "Report-To", "Retry-After", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions",
            "Sec-WebSocket-Protocol", "Server", "Server-Timing", "Set-Cookie", "Status", "Strict-Transport-Security", "Timing-Allow-Origin", "Trailer", "Upgrade", "Vary", "Via",
            "Warning", "WWW-Authenticate", "X-Cache", "X-Content-Type-Options", "X-Frame-Options", "X-Powered-By", "X-Request-Id", "X-UA-Compatible", "X-XSS-Protection"),
    ]);

    /// <summary>Finds a name in any case; <see langword="null"/> when it is not known.</summary>
    public static KnownField? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length >= ByLength.Length) return null;
        foreach (var known in ByLength[name.Length])
        {
            // The first letter tells nearly all names of one length apart.
            if ((known.Name[0] | 0x20) == (name[0] | 0x20) && Ascii.EqualsIgnoreCase(name, known.Name)) return known;
        }

        return null;
    }

    private static IEnumerable<KnownField> WithRole(FieldRole role, params string[] names) => names.Select(name => new KnownField(name, role));

    private static KnownField[][] Group(IEnumerable<KnownField> fields)
    {
        var byLength = fields.ToLookup(f => f.Name.Length);
        return [.. Enumerable.Range(0, byLength.Max(g => g.Key) + 1).Select(length => byLength[length].ToArray())];
    }
}
