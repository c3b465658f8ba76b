using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying;

/// <summary>Rules for names and values of fields (RFC 9110 §5), and what an HTTP/2 request must keep beyond what the server checks (RFC 9113 §8.2, §8.3).</summary>
/// <remarks>Thread-safe; allocates nothing, except where said. HTTP/1.1 requests have passed the request guard and need none of this.</remarks>
internal static class FieldRules
{
    private const int CookieLength = 6;

    // Colon, blank and line end of a line of HTTP/1.1, so that the same limit lets the same request through whichever version it comes in.
    private const int LineOverhead = 4;

    private const string BadName = "A field name is not a token.";
    private const string BadValue = "A field value holds a character that no field value may hold.";
    private const string BlankEnds = "A field value begins or ends with a blank.";
    private const string ConnectionSpecific = "A connection-specific field is not allowed in HTTP/2.";

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Visible ASCII but '#', which ends a target and so cannot be part of one.
    private static readonly SearchValues<char> TargetCharacters =
        SearchValues.Create("!\"$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private static readonly SearchValues<char> ValueBreakers = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f");

    /// <summary>Whether it is a token (RFC 9110 §5.6.2): what methods and field names are made of. Empty is none.</summary>
    internal static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenCharacters);

    /// <summary>Whether a value is free of NUL, CR and LF, so that it cannot end its own line (RFC 9110 §5.5).</summary>
    internal static bool IsCleanValue(ReadOnlySpan<char> value) => value.IndexOfAny('\0', '\r', '\n') < 0;

    /// <summary>Whether a value holds no control character but the tab.</summary>
    internal static bool HasNoControls(ReadOnlySpan<char> value) => !value.ContainsAny(ValueBreakers);

    /// <summary>Checks method, target and authority of an HTTP/2 or HTTP/3 request: everything but the fields.</summary>
    /// <param name="request">The request as the server presents it; <c>Host</c> already carries <c>:authority</c> when there was one.</param>
    /// <param name="allowTrace">Whether TRACE may pass.</param>
    /// <param name="isExtendedConnect">Whether it is an extended CONNECT (RFC 8441), which has a path; a plain CONNECT is refused.</param>
    internal static RequestVerdict CheckHttp2Request(IHttpRequestFeature request, bool allowTrace, bool isExtendedConnect)
    {
        var method = request.Method;
        if (!IsToken(method))
            return RequestVerdict.BadRequest("The method is not a token.");
        if (!isExtendedConnect && HttpMethods.IsConnect(method))
            return RequestVerdict.Refuse(StatusCodes.Status405MethodNotAllowed, "CONNECT is not served here.");
        if (!allowTrace && HttpMethods.IsTrace(method))
            return RequestVerdict.Refuse(StatusCodes.Status405MethodNotAllowed, "TRACE is not served here.");

        var target = request.RawTarget;
        if (!IsTarget(target) && !(target == "*" && HttpMethods.IsOptions(method)))
            return RequestVerdict.BadRequest("The path is malformed.");

        var host = request.Headers.Host;
        return host.Count == 1 && AuthorityRules.IsAuthority(host[0])
            ? RequestVerdict.Accepted
            : RequestVerdict.BadRequest("The authority is missing or malformed.");
    }

    /// <summary>Checks one field of an HTTP/2 or HTTP/3 request, header or trailer. Call it while the fields are copied.</summary>
    internal static RequestVerdict CheckHttp2Field(string name, in StringValues values)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters))
            return RequestVerdict.BadRequest(BadName);
        if (IsConnectionSpecific(name) && !IsTrailersOnly(name, values))
            return RequestVerdict.BadRequest(ConnectionSpecific);
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i];
            if (string.IsNullOrEmpty(value))
                continue;
            if (value.AsSpan().ContainsAny(ValueBreakers))
                return RequestVerdict.BadRequest(BadValue);
            if (value[0] is ' ' or '\t' || value[^1] is ' ' or '\t')
                return RequestVerdict.BadRequest(BlankEnds);
        }

        return RequestVerdict.Accepted;
    }

    /// <summary>Checks the whole of an HTTP/2 or HTTP/3 request, sizes included: the server's own limits stand above those of the guard.</summary>
    internal static RequestVerdict CheckHttp2(HttpContext context, RequestGuardOptions limits, bool allowTrace = false)
    {
        var extended = context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect ?? false;
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        if (request.RawTarget.Length > limits.MaxTargetBytes)
            return RequestVerdict.Refuse(StatusCodes.Status414UriTooLong, "The path is longer than is allowed here.");
        var verdict = CheckHttp2Request(request, allowTrace, extended);
        if (!verdict.IsAccepted)
            return verdict;
        var (lines, octets) = (0, 0);
        foreach (var (name, values) in context.Request.Headers)
        {
            verdict = CheckHttp2Field(name, values);
            if (!verdict.IsAccepted)
                return verdict;
            // Crumbs of a cookie are one line again by the time they count (RFC 9113 §8.2.3).
            lines += name.Length == CookieLength && name.Equals("cookie", StringComparison.OrdinalIgnoreCase) ? 1 : values.Count;
            for (var i = 0; i < values.Count; i++) octets += name.Length + (values[i]?.Length ?? 0) + LineOverhead;
            if (lines > limits.MaxFields || octets > limits.MaxFieldSectionBytes)
                return RequestVerdict.Refuse(StatusCodes.Status431RequestHeaderFieldsTooLarge, "The header fields are larger than is allowed here.");
        }

        return RequestVerdict.Accepted;
    }

    /// <summary>Whether a target is in origin form: a slash, then visible ASCII without <c>#</c>.</summary>
    internal static bool IsTarget(ReadOnlySpan<char> target) => !target.IsEmpty && target[0] == '/' && !target.ContainsAnyExcept(TargetCharacters);

    // By length first: five names among the many that a request may carry.
    private static bool IsConnectionSpecific(string name) => name.Length switch
    {
        2 => name.Equals("te", StringComparison.OrdinalIgnoreCase),
        7 => name.Equals("upgrade", StringComparison.OrdinalIgnoreCase),
        10 => name.Equals("connection", StringComparison.OrdinalIgnoreCase) || name.Equals("keep-alive", StringComparison.OrdinalIgnoreCase),
        16 => name.Equals("proxy-connection", StringComparison.OrdinalIgnoreCase),
        17 => name.Equals("transfer-encoding", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static bool IsTrailersOnly(string name, in StringValues values) =>
        name.Length == 2 && values.Count == 1 && string.Equals(values[0], "trailers", StringComparison.OrdinalIgnoreCase);
}
