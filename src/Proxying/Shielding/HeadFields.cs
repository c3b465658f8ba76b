using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads the field lines of one section and remembers the few that decide about framing, host and connection (RFC 9112 §5, §6).</summary>
/// <remarks>A mutable struct: a field of the scanner, reset for every section.</remarks>
internal struct HeadFields
{
    // Everything below the blank but the tab, and DEL.
    internal static readonly SearchValues<byte> Controls = SearchValues.Create(
        0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127);

    private bool _hasHost;
    private bool _close;
    private bool _keepAlive;

    /// <summary>Lines read so far.</summary>
    public int Count { get; private set; }

    /// <summary>Octets read so far, line ends included.</summary>
    public int Bytes { get; set; }

    /// <summary>The length announced, or -1.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Whether the body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Whether <c>Connection</c> names <c>upgrade</c>.</summary>
    public bool AsksForUpgrade { get; private set; }

    /// <summary>The values of <c>Connection</c>, where they name more than the options that are read here; <see langword="null"/> otherwise.</summary>
    public string? ConnectionOptions { get; private set; }

    /// <summary>Whether the request line said HTTP/1.0.</summary>
    public bool IsHttp10 { get; private set; }

    /// <summary>Whether the client wants no further request on this connection (RFC 9112 §9.3).</summary>
    public readonly bool IsLast => _close || (IsHttp10 && !_keepAlive);

    /// <summary>Begins a section.</summary>
    public void Reset(bool isHttp10)
    {
        this = default;
        IsHttp10 = isHttp10;
        ContentLength = -1;
    }

    /// <summary>Checks one line of a header section, given without its line end.</summary>
    /// <param name="line">The line.</param>
    /// <param name="maxFields">Lines that the section may have.</param>
    /// <param name="isClean">Whether it is known to hold no control character.</param>
    public RequestVerdict Read(ReadOnlySpan<byte> line, int maxFields, bool isClean = false)
    {
        var verdict = Split(line, maxFields, isClean, out var nameLength, out var value);
        if (!verdict.IsAccepted)
            return verdict;
        var name = line[..nameLength];
        return nameLength switch
        {
            4 when Ascii.EqualsIgnoreCase(name, "host"u8) => ReadHost(value),
            10 when Ascii.EqualsIgnoreCase(name, "connection"u8) => ReadConnection(value),
            14 when Ascii.EqualsIgnoreCase(name, "content-length"u8) => ReadContentLength(value),
            17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8) => ReadTransferEncoding(value),
            _ => RequestVerdict.Accepted,
        };
    }

    /// <summary>Checks one line of a trailer section, where no field decides anything.</summary>
    public RequestVerdict ReadTrailer(ReadOnlySpan<byte> line, int maxFields) => Split(line, maxFields, isClean: false, out _, out _);

    /// <summary>Checks what only the whole section tells.</summary>
    public readonly RequestVerdict Finish()
    {
        if (!_hasHost && !IsHttp10)
            return RequestVerdict.BadRequest("Host is missing.");
        if (IsChunked && ContentLength >= 0)
            return RequestVerdict.BadRequest("Transfer-Encoding and Content-Length exclude each other.");
        return IsChunked && IsHttp10 ? RequestVerdict.BadRequest("HTTP/1.0 has no Transfer-Encoding.") : RequestVerdict.Accepted;
    }

    private RequestVerdict Split(ReadOnlySpan<byte> line, int maxFields, bool isClean, out int nameLength, out ReadOnlySpan<byte> value)
    {
        value = default;
        nameLength = RequestLineRules.TokenLength(line);
        if (nameLength <= 0 || line[nameLength] != (byte)':')
        {
            return RequestVerdict.BadRequest(line[0] is (byte)' ' or (byte)'\t'
                ? "A field line begins with a blank."
                : "A field line does not begin with a name and a colon.");
        }

        if (++Count > maxFields)
            return RequestVerdict.Refuse(StatusCodes.Status431RequestHeaderFieldsTooLarge, "There are too many fields.");
        value = line[(nameLength + 1)..];
        return !isClean && value.ContainsAny(Controls) ? RequestVerdict.BadRequest("A field value holds a control character.") : RequestVerdict.Accepted;
    }

    private RequestVerdict ReadHost(ReadOnlySpan<byte> value)
    {
        if (_hasHost)
            return RequestVerdict.BadRequest("There is more than one Host.");
        _hasHost = true;
        return AuthorityRules.IsAuthority(Trim(value)) ? RequestVerdict.Accepted : RequestVerdict.BadRequest("Host does not name one host.");
    }

    private RequestVerdict ReadContentLength(ReadOnlySpan<byte> value)
    {
        if (ContentLength >= 0)
            return RequestVerdict.BadRequest("There is more than one Content-Length.");
        value = Trim(value);
        if (value.IsEmpty || value.Length > 19)
            return RequestVerdict.BadRequest("Content-Length is not a number.");
        ulong length = 0;
        foreach (var digit in value)
        {
            if (!char.IsAsciiDigit((char)digit))
                return RequestVerdict.BadRequest("Content-Length is not a number.");
            length = (length * 10) + (ulong)(digit - '0');
        }

        if (length > long.MaxValue)
            return RequestVerdict.BadRequest("Content-Length is too large.");
        ContentLength = (long)length;
        return RequestVerdict.Accepted;
    }

    private RequestVerdict ReadTransferEncoding(ReadOnlySpan<byte> value)
    {
        if (IsChunked)
            return RequestVerdict.BadRequest("There is more than one Transfer-Encoding.");
        value = Trim(value);
        if (!Ascii.EqualsIgnoreCase(value, "chunked"u8))
        {
            var last = Trim(value[(value.LastIndexOf((byte)',') + 1)..]);
            return Ascii.EqualsIgnoreCase(last, "chunked"u8)
                ? RequestVerdict.Refuse(StatusCodes.Status501NotImplemented, "No transfer coding other than chunked is implemented.")
                : RequestVerdict.BadRequest("The last transfer coding is not chunked.");
        }

        IsChunked = true;
        return RequestVerdict.Accepted;
    }

    private RequestVerdict ReadConnection(ReadOnlySpan<byte> value)
    {
        var whole = value;
        var namesFields = false;
        while (true)
        {
            var comma = value.IndexOf((byte)',');
            var option = Trim(comma < 0 ? value : value[..comma]);
            if (Ascii.EqualsIgnoreCase(option, "close"u8))
                _close = true;
            else if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8))
                _keepAlive = true;
            else if (Ascii.EqualsIgnoreCase(option, "upgrade"u8))
                AsksForUpgrade = true;
            else if (!option.IsEmpty)
                namesFields = true;
            if (comma < 0)
                break;
            value = value[(comma + 1)..];
        }

        if (namesFields)
            ConnectionOptions = ConnectionOptions is null ? Encoding.Latin1.GetString(whole) : $"{ConnectionOptions},{Encoding.Latin1.GetString(whole)}";
        return RequestVerdict.Accepted;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty && value[0] is (byte)' ' or (byte)'\t')
            value = value[1..];
        while (!value.IsEmpty && value[^1] is (byte)' ' or (byte)'\t')
            value = value[..^1];
        return value;
    }
}
