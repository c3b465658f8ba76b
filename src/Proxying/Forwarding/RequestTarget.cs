using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>What the client asked for, in its own bytes, and in the reading on which routing decided.</summary>
/// <remarks>
/// Path and query go out as they came (RFC 9110 §7.7 forbids a proxy to change them). But the server decodes the path and takes dot segments out before routing
/// sees it; so the client's own bytes are sent only where they mean that same path. Where <c>..</c> was resolved, or middleware has rewritten the path, the path that
/// was routed is sent, escaped anew; and where a dot segment was hidden by percent-encoding, the two readings cannot be told apart downstream: such a request is refused.
/// </remarks>
internal readonly struct RequestTarget
{
    private static readonly SearchValues<char> NeedsCare = SearchValues.Create(".%");

    private RequestTarget(string pathAndQuery) => PathAndQuery = pathAndQuery;

    /// <summary>Path and query, escaped, to be asked for: the client's own string where it can be sent unchanged.</summary>
    public string PathAndQuery { get; }

    /// <summary>Reads the target of a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="target">What was read.</param>
    /// <returns><see langword="false"/> for a target that has to be refused.</returns>
    public static bool TryRead(HttpContext context, out RequestTarget target)
    {
        var request = context.Request;
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (raw.Length == 0 || (raw[0] != '/' && !TrySplitAbsolute(raw, out _, out raw)))
        {
            // A server that keeps no raw target (a test server), or OPTIONS *.
            target = new(raw == "*" ? raw : EscapedPath(request) + EscapedQuery(request));
            return true;
        }

        var queryStart = raw.IndexOf('?', StringComparison.Ordinal);
        var rawPath = queryStart < 0 ? raw.AsSpan() : raw.AsSpan(0, queryStart);
        var rawQuery = queryStart < 0 ? default : raw.AsSpan(queryStart);
        if (rawPath.ContainsAny(NeedsCare) && HidesDotSegment(rawPath))
        {
            target = default;
            return false;
        }

        var pathIsRaw = IsSamePath(rawPath, request);
        if (!pathIsRaw && rawPath.Contains("/.", StringComparison.Ordinal))
        {
            // The server resolved the dots; resolved in the client's own escaping, nothing is decoded and escaped again, which could bring to life what was escaped twice.
            raw = DotSegments.Remove(rawPath.ToString()) + rawQuery.ToString();
            rawPath = raw.AsSpan(0, raw.Length - rawQuery.Length);
            pathIsRaw = IsSamePath(rawPath, request);
        }

        var queryIsRaw = rawQuery.SequenceEqual(request.QueryString.Value) || (rawQuery.Length <= 1 && !request.QueryString.HasValue);
        if (pathIsRaw && queryIsRaw && !request.PathBase.HasValue) target = new(raw);
        else
        {
            var path = pathIsRaw ? WithoutBase(rawPath, request) : EscapedPath(request);
            target = new(path + (queryIsRaw ? rawQuery.ToString() : EscapedQuery(request)));
        }

        return true;
    }

    /// <summary>Splits a target of absolute form (RFC 9112 §3.2.2); an empty path becomes a slash.</summary>
    /// <param name="raw">The target.</param>
    /// <param name="authority">Its host, with the port if there is one.</param>
    /// <param name="originForm">Path and query; the target itself when it is of another form.</param>
    public static bool TrySplitAbsolute(string raw, out string authority, out string originForm)
    {
        authority = "";
        originForm = raw;
        var schemeEnd = raw.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd < 0) return false;
        var rest = raw.AsSpan(schemeEnd + 3);
        var end = rest.IndexOfAny('/', '?');
        authority = (end < 0 ? rest : rest[..end]).ToString();
        originForm = end < 0 ? "/" : rest[end] == '/' ? rest[end..].ToString() : string.Concat("/", rest[end..]);
        return true;
    }

    private static bool IsSamePath(ReadOnlySpan<char> rawPath, HttpRequest request)
    {
        var path = request.Path.Value.AsSpan();
        if (!request.PathBase.HasValue && rawPath.SequenceEqual(path)) return true;
        var routed = request.PathBase.Value + request.Path.Value;
        if (rawPath.SequenceEqual(routed)) return true;
        return rawPath.Contains('%') && string.Equals(PathString.FromUriComponent(rawPath.ToString()).Value, routed, StringComparison.Ordinal);
    }

    private static string WithoutBase(ReadOnlySpan<char> rawPath, HttpRequest request)
    {
        var pathBase = request.PathBase.HasValue ? request.PathBase.ToUriComponent() : "";
        if (pathBase.Length == 0) return rawPath.ToString();
        if (!rawPath.StartsWith(pathBase, StringComparison.OrdinalIgnoreCase)) return EscapedPath(request);
        return rawPath.Length == pathBase.Length ? "/" : rawPath[pathBase.Length..].ToString();
    }

    /// <summary>The path that middleware has set, escaped. Of escapes the server leaves standing only those of a slash and of bytes that are no UTF-8: any other percent sign is one.</summary>
    private static string EscapedPath(HttpRequest request)
    {
        if (!request.Path.HasValue) return "/";
        var path = request.Path.Value;
        if (!path.Contains('%', StringComparison.Ordinal)) return request.Path.ToUriComponent();
        var escaped = new StringBuilder(path.Length + 16);
        for (var i = 0; i < path.Length; i++)
        {
            escaped.Append(path[i]);
            if (path[i] == '%' && !IsLeftStanding(path.AsSpan(i + 1))) escaped.Append("25");
        }

        return new PathString(escaped.ToString()).ToUriComponent();
    }

    private static bool IsLeftStanding(ReadOnlySpan<char> behindPercent) =>
        behindPercent.Length >= 2
        && byte.TryParse(behindPercent[..2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet)
        && (octet is (byte)'/' or >= 0x80);

    private static string EscapedQuery(HttpRequest request) => request.QueryString.Value ?? "";

    /// <summary>Whether a segment is <c>.</c> or <c>..</c> with at least one dot percent-encoded.</summary>
    private static bool HidesDotSegment(ReadOnlySpan<char> path)
    {
        if (!path.Contains("%2e", StringComparison.OrdinalIgnoreCase)) return false;
        foreach (var part in path.Split('/'))
        {
            if (IsHiddenDots(path[part])) return true;
        }

        return false;
    }

    private static bool IsHiddenDots(ReadOnlySpan<char> segment)
    {
        var (dots, hidden) = (0, false);
        while (segment.Length > 0)
        {
            if (segment[0] == '.') segment = segment[1..];
            else if (segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase))
            {
                segment = segment[3..];
                hidden = true;
            }
            else return false;

            dots++;
        }

        return hidden && dots <= 2;
    }
}
