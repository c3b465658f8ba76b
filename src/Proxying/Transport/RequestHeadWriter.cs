using System.Globalization;
using System.Net.Http.Headers;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying;

/// <summary>Turns a request into the bytes of an HTTP/1.1 request head (RFC 9112 §3, §5).</summary>
/// <remarks>
/// Framing and the connection are decided here and nowhere else: what a header collection says of them is left out. Every value of a field goes out as a line of its own,
/// each character as one byte. Names need no check: header collections take tokens only.
/// </remarks>
internal static class RequestHeadWriter
{
    private const int SmallRequest = 4 * 1024;
    private const int RequestWithBody = 16 * 1024;

    /// <param name="request">The request.</param>
    /// <param name="authority">The endpoint, as <c>Host</c> has it.</param>
    /// <param name="proxy">The HTTP proxy that it goes to with its whole URL.</param>
    public static RequestHead Write(HttpRequestMessage request, string authority, UpstreamProxy? proxy = null)
    {
        var head = default(RequestHead);
        try
        {
            Write(request, authority, proxy, ref head);
            return head;
        }
        catch
        {
            head.Bytes.Return();
            throw;
        }
    }

    private static void Write(HttpRequestMessage request, string authority, UpstreamProxy? proxy, ref RequestHead head)
    {
        var method = request.Method.Method;
        if (method == "CONNECT") throw TransportErrors.InvalidRequest("CONNECT is not supported");
        var target = (request as RoutedRequestMessage)?.Target ?? request.RequestUri!.PathAndQuery;
        if (target.Length == 0 || target.AsSpan().IndexOfAnyExceptInRange('!', '\u00FF') >= 0 || target.Contains('\u007F'))
            throw TransportErrors.InvalidRequest("its target is empty, or has blanks, control characters or characters above U+00FF");
        head.IsHead = method == "HEAD";

        ref var bytes = ref head.Bytes;
        var hasContent = HasContent(request);
        bytes.EnsureFree(!hasContent ? SmallRequest : RequestWithBody);
        bytes.AppendLatin1(method);
        bytes.Append(" "u8);
        if (proxy is not null) AppendOrigin(ref bytes, authority);
        // OPTIONS for the whole server has no path in this form (RFC 9112 §3.2.4).
        if (proxy is null || target != "*") bytes.AppendLatin1(target);
        bytes.Append(" HTTP/1.1\r\n"u8);

        var headers = request.Headers.NonValidated;
        if (proxy is not null) AppendForProxy(ref bytes, proxy, authority);
        else if (!headers.TryGetValues("Host", out var host)) bytes.AppendField("Host", authority);
        else if (host.Count == 1) bytes.AppendField("Host", Checked("Host", host.ToString()));
        else throw TransportErrors.InvalidRequest("it has several Host fields");

        var connection = default(ConnectionFields);
        foreach (var field in headers)
        {
            if (IsOurs(field.Key) && !connection.Take(field.Key, field.Value)) continue;
            // What is said to the proxy on the way is ours to say.
            if (proxy is not null && field.Key.Equals("Proxy-Authorization", StringComparison.OrdinalIgnoreCase)) continue;
            AppendValues(ref bytes, field.Key, field.Value);
        }

        connection.Write(ref head, hasContent);
        if (request.Content is { } content) WriteContentFields(content, ref bytes);
        WriteFraming(hasContent ? request.Content : null, method, ref head);
        bytes.Append("\r\n"u8);
    }

    /// <summary>Appends the last chunk and the trailer section (RFC 9112 §7.1.2), without fields that must not stand there.</summary>
    public static void WriteEndOfChunks(HttpHeaders? trailers, ref SendBuffer bytes)
    {
        bytes.Append("0\r\n"u8);
        if (trailers is not null)
        {
            foreach (var field in trailers.NonValidated)
            {
                if (!TrailerFields.IsForbidden(field.Key)) AppendValues(ref bytes, field.Key, field.Value);
            }
        }

        bytes.Append("\r\n"u8);
    }

    private static void AppendOrigin(ref SendBuffer bytes, string authority)
    {
        bytes.Append("http://"u8);
        bytes.AppendLatin1(authority);
    }

    /// <summary>RFC 9112 §3.2.2: the proxy would replace any other <c>Host</c> by that of the URL.</summary>
    private static void AppendForProxy(ref SendBuffer bytes, UpstreamProxy proxy, string authority)
    {
        bytes.AppendField("Host", authority);
        if (proxy.Authorization is { } authorization) bytes.AppendField("Proxy-Authorization", authorization);
    }

    /// <summary>Whether the request has a body, if only an empty one.</summary>
    public static bool HasContent(HttpRequestMessage request) => request.Content is not (null or AbsentBody);

    private static void WriteContentFields(HttpContent content, ref SendBuffer bytes)
    {
        foreach (var field in content.Headers.NonValidated)
        {
            if (!field.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) AppendValues(ref bytes, field.Key, field.Value);
        }
    }

    private static void WriteFraming(HttpContent? content, string method, ref RequestHead head)
    {
        ref var bytes = ref head.Bytes;
        if (content is null)
        {
            // RFC 9110 §8.6: methods that anticipate content say that there is none.
            if (method is "POST" or "PUT" or "PATCH") bytes.Append("Content-Length: 0\r\n"u8);
            return;
        }

        var length = content.Headers.ContentLength;
        if (length is { } known)
        {
            head.ContentLength = known;
            bytes.Append("Content-Length: "u8);
            bytes.AppendDecimal(known);
            bytes.Append("\r\n"u8);
        }
        else
        {
            head.IsChunked = true;
            bytes.Append("Transfer-Encoding: chunked\r\n"u8);
        }
    }

    private static void AppendValues(ref SendBuffer bytes, string name, HeaderStringValues values)
    {
        if (values.Count == 1)
        {
            AppendValue(ref bytes, name, values.ToString());
            return;
        }

        foreach (var value in values) AppendValue(ref bytes, name, value);
    }

    private static void AppendValue(ref SendBuffer bytes, string name, string value)
    {
        if (!bytes.TryAppendField(name, value)) bytes.AppendField(name, Checked(name, value));
    }

    // NUL, CR and LF end or split a field for some reader; above U+00FF is not a byte.
    private static string Checked(string name, string value)
    {
        if (value.AsSpan().IndexOfAnyExceptInRange(' ', '\u00FF') < 0) return value;
        foreach (var c in value)
        {
            if (c is '\0' or '\r' or '\n' or > '\u00FF')
                throw TransportErrors.InvalidRequest(string.Create(CultureInfo.InvariantCulture, $"field '{name}' has the character U+{(int)c:X4}"));
        }

        return value;
    }

    // By length first: nearly every field is told apart without a comparison.
    private static bool IsOurs(string name) => name.Length switch
    {
        2 => name.Equals("TE", StringComparison.OrdinalIgnoreCase),
        4 => name.Equals("Host", StringComparison.OrdinalIgnoreCase),
        6 => name.Equals("Expect", StringComparison.OrdinalIgnoreCase),
        7 => name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase),
        10 => name.Equals("Connection", StringComparison.OrdinalIgnoreCase) || name.Equals("Keep-Alive", StringComparison.OrdinalIgnoreCase),
        14 => name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase),
        16 => name.Equals("Proxy-Connection", StringComparison.OrdinalIgnoreCase),
        17 => name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>The fields that speak of this connection, collected while the others are written.</summary>
    private struct ConnectionFields
    {
        private string? _upgrade;
        private bool _connectionSaysUpgrade;
        private bool _acceptsTrailers;
        private bool _expectsContinue;

        /// <returns>Whether the field is to be sent as it is after all.</returns>
        public bool Take(string name, HeaderStringValues values)
        {
            if (name.Length == 2) _acceptsTrailers |= HasToken(values, "trailers");
            else if (name.Length == 10) _connectionSaysUpgrade |= name[0] is 'C' or 'c' && HasToken(values, "upgrade");
            else if (name.Length == 7) _upgrade = Checked(name, values.ToString());
            else if (name.Length == 6)
            {
                if (!values.ToString().Equals("100-continue", StringComparison.OrdinalIgnoreCase)) return true;
                _expectsContinue = true;
            }

            return false;
        }

        public readonly void Write(ref RequestHead head, bool hasContent)
        {
            ref var bytes = ref head.Bytes;
            var upgrades = _upgrade is { Length: > 0 } && _connectionSaysUpgrade;
            if (upgrades)
            {
                head.Upgrade = _upgrade;
                bytes.AppendField("Connection", _acceptsTrailers ? "Upgrade, TE" : "Upgrade");
                bytes.AppendField("Upgrade", _upgrade!);
            }
            else if (_acceptsTrailers) bytes.Append("Connection: TE\r\n"u8);

            // RFC 9110 §10.1.4: TE is hop-by-hop, so whoever sends it names it in Connection.
            if (_acceptsTrailers) bytes.Append("TE: trailers\r\n"u8);

            // RFC 9110 §10.1.1: not without content.
            head.ExpectsContinue = _expectsContinue && hasContent;
            if (head.ExpectsContinue) bytes.Append("Expect: 100-continue\r\n"u8);
        }

        private static bool HasToken(HeaderStringValues values, string token)
        {
            foreach (var value in values)
            {
                if (FieldTokens.Contains(value, token)) return true;
            }

            return false;
        }
    }
}
