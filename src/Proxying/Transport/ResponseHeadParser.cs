using System.Net;
using System.Net.Http.Headers;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads response heads (RFC 9112 §4, §5) line by line, however the bytes are split. Serves one connection, one response after the other.</summary>
/// <remarks>
/// A bare LF ends a line of a head as CRLF does (RFC 9112 §2.2): what is sent on is written anew, so it cannot be read in two ways. A CR elsewhere is refused.
/// Folded lines are joined by blanks (RFC 9112 §5.2). A line is taken when the byte after it is there, since that byte may fold it.
/// </remarks>
internal sealed class ResponseHeadParser(int maxBytes, int maxFields)
{
    private readonly FieldMemory _memory = new();
    private int _bytes;
    private int _searched;
    private int _fields;
    private string? _reason;
    private HttpResponseHeaders? _headers;
    private HttpContentHeaders? _contentHeaders;
    private string? _contentLengthText;
    private bool _hasConnectionField;

    /// <summary>The response as far as it was read; <see langword="null"/> before its status line.</summary>
    public HttpResponseMessage? Response { get; private set; }

    /// <summary>The content that carries the content fields.</summary>
    public Http1ResponseContent? Content { get; private set; }

    /// <summary>-1: the head says none.</summary>
    public long ContentLength { get; private set; }

    /// <summary>The body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>The connection may serve another request, as far as the head tells.</summary>
    public bool KeepsAlive { get; private set; }

    /// <summary>Seconds after which the destination closes the connection when idle, by <c>Keep-Alive: timeout</c>; -1: not said.</summary>
    public int KeepAliveSeconds { get; private set; }

    /// <summary>Makes ready for the next head.</summary>
    public void Reset()
    {
        Response = null;
        Content = null;
        _headers = null;
        _contentHeaders = null;
        _contentLengthText = null;
        _hasConnectionField = false;
        _bytes = _searched = _fields = 0;
        ContentLength = -1;
        IsChunked = false;
        KeepsAlive = true;
        KeepAliveSeconds = -1;
    }

    /// <summary>Takes as many lines as are there.</summary>
    /// <param name="data">The bytes not taken yet, with all that came since; lines may be joined in place.</param>
    /// <param name="consumed">How many of them were taken.</param>
    /// <returns>Whether the head is complete.</returns>
    public bool TryParse(Span<byte> data, out int consumed)
    {
        consumed = 0;
        while (true)
        {
            var rest = data[consumed..];
            var feed = rest[_searched..].IndexOf((byte)'\n');
            if (feed < 0)
            {
                _searched = rest.Length;
                CheckSize(rest.Length);
                return false;
            }

            feed += _searched;
            CheckSize(feed + 1);
            var end = feed > 0 && rest[feed - 1] == '\r' ? feed - 1 : feed;
            if (Response is null) StartResponse(rest[..end]);
            else if (end == 0)
            {
                consumed += feed + 1;
                Complete();
                return true;
            }
            else if (feed + 1 == rest.Length)
            {
                _searched = feed;
                return false;
            }
            else if (rest[feed + 1] is (byte)' ' or (byte)'\t')
            {
                if (!TryJoin(rest, end, feed)) return false;
                continue;
            }
            else TakeField(rest[..end]);

            consumed += feed + 1;
            _bytes += feed + 1;
            _searched = 0;
        }
    }

    /// <summary>Joins the line that ends at <paramref name="feed"/> with the next one: the line end and blanks around it become blanks.</summary>
    private bool TryJoin(Span<byte> rest, int end, int feed)
    {
        var next = rest[(feed + 1)..].IndexOf((byte)'\n');
        if (next < 0)
        {
            _searched = feed;
            CheckSize(rest.Length);
            return false;
        }

        next += feed + 1;
        var from = feed + 1;
        while (rest[from] is (byte)' ' or (byte)'\t') from++;
        var nextEnd = rest[next - 1] == '\r' ? next - 1 : next;
        if (from > nextEnd) from = nextEnd;
        while (end > 0 && rest[end - 1] is (byte)' ' or (byte)'\t') end--;
        rest[end++] = (byte)' ';
        var moved = nextEnd - from;
        rest[from..nextEnd].CopyTo(rest[end..]);
        rest[(end + moved)..next].Fill((byte)' ');
        _searched = next;
        return true;
    }

    private void StartResponse(ReadOnlySpan<byte> line)
    {
        // HTTP-version SP 3DIGIT SP [reason]; the blank before an absent reason is often left out.
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || !char.IsAsciiDigit((char)line[7]) || line[8] != ' ' || (line.Length > 12 && line[12] != ' '))
            throw TransportErrors.Protocol("its status line is not one of HTTP/1.1");
        var code = 0;
        foreach (var digit in line.Slice(9, 3))
        {
            if (!char.IsAsciiDigit((char)digit)) throw TransportErrors.Protocol("its status code is not a number");
            code = (code * 10) + (digit - '0');
        }

        if (code < 100) throw TransportErrors.Protocol("its status code is below 100");
        var isOld = line[7] == '0';
        KeepsAlive = !isOld;
        var reason = line.Length > 13 ? line[13..] : default;
        if (_reason is null || !System.Text.Ascii.Equals(reason, _reason)) _reason = FieldLine.Reason(reason);
        Content = new Http1ResponseContent();
        Response = new HttpResponseMessage((HttpStatusCode)code)
        {
            Version = isOld ? HttpVersion.Version10 : HttpVersion.Version11,
            ReasonPhrase = _reason,
            Content = Content,
        };
        _headers = Response.Headers;
    }

    private void TakeField(ReadOnlySpan<byte> line)
    {
        if (_fields >= maxFields) throw TransportErrors.HeadTooLarge($"more than {maxFields} fields");
        _memory.Read(_fields++, line, out var name, out var value, out var role);
        switch (role)
        {
            case FieldRole.None:
                // Refused only for names that belong to the content's collection, and those have roles.
                _headers!.TryAddWithoutValidation(name, value);
                return;
            case FieldRole.Content:
                (_contentHeaders ??= Content!.Headers).TryAddWithoutValidation(name, value);
                return;
            case FieldRole.ContentLength:
                // Elsewhere control characters become blanks; a length has no room for what was one.
                if (FieldLine.HasControls(line)) throw TransportErrors.Protocol("its Content-Length has control characters");
                ContentLength = ContentLengthField.Read(value, ContentLength);
                // One of several equal ones is kept (RFC 9110 §8.6).
                _contentLengthText ??= value.Contains(',', StringComparison.Ordinal) ? ContentLength.ToString(System.Globalization.CultureInfo.InvariantCulture) : value;
                return;
            case FieldRole.TransferEncoding:
                // Anything but chunked, once, would have to be handed on as a coding that nobody names any more.
                if (IsChunked || !value.Equals("chunked", StringComparison.OrdinalIgnoreCase)) throw TransportErrors.Protocol("its transfer coding is not chunked");
                IsChunked = true;
                break;
            case FieldRole.Connection:
                ReadConnection(value);
                break;
            case FieldRole.KeepAlive:
                KeepAliveSeconds = ReadTimeout(value);
                break;
        }

        _headers!.TryAddWithoutValidation(name, value);
    }

    private void ReadConnection(string value)
    {
        if (FieldTokens.Contains(value, "close"))
        {
            KeepsAlive = false;
            _hasConnectionField = true;
        }
        else if (!_hasConnectionField && FieldTokens.Contains(value, "keep-alive")) KeepsAlive = true;
    }

    private static int ReadTimeout(ReadOnlySpan<char> value)
    {
        var at = value.IndexOf("timeout=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return -1;
        value = value[(at + 8)..];
        var digits = value.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(digits < 0 ? value : value[..digits], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var seconds)
            ? seconds : -1;
    }

    private void Complete()
    {
        var status = (int)Response!.StatusCode;
        // RFC 9112 §6.1, §6.3: both framings, or chunks from HTTP/1.0: chunks hold, and nothing after them is trusted.
        if (IsChunked && (ContentLength >= 0 || Response.Version.Minor == 0)) KeepsAlive = false;
        if (IsChunked) ContentLength = -1;
        // RFC 9110 §8.6: no length in 1xx and 204.
        else if (_contentLengthText is not null && status >= 200 && status != 204)
        {
            (_contentHeaders ?? Content!.Headers).TryAddWithoutValidation("Content-Length", _contentLengthText);
            Content!.KnownLength = ContentLength;
        }
    }

    private void CheckSize(int more)
    {
        if (_bytes + more > maxBytes) throw TransportErrors.HeadTooLarge($"more than {maxBytes} bytes");
    }
}
