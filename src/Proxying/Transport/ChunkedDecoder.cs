using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>Takes the framing off a chunked body (RFC 9112 §7.1) as its bytes come, however they are split. Serves one connection, one body after the other.</summary>
/// <remarks>
/// Strict where leniency has let messages be read in two ways: a size is 1 to 16 hex digits followed by CRLF or <c>;</c>, data ends with CRLF, nothing may end with a bare LF.
/// Extensions are passed over, up to <see cref="MaxExtensionBytes"/> for one body. Source and target may be the same memory: data only ever moves towards its beginning.
/// </remarks>
internal sealed class ChunkedDecoder(int maxTrailerBytes, int maxTrailerFields)
{
    private const int MaxExtensionBytes = 16 * 1024;

    private State _state;
    private long _remaining;
    private int _digits;
    private int _extensionBytes;
    private int _trailerBytes;
    private int _trailerFields;
    private int _lineLength;
    private byte[] _line = [];
    private HttpResponseMessage? _response;

    private enum State
    {
        Size,
        Extension,
        SizeFeed,
        Data,
        DataReturn,
        DataFeed,
        TrailerLine,
        TrailerFeed,
        Ended,
    }

    /// <summary>The last chunk and the trailer section have been read.</summary>
    public bool IsEnded => _state == State.Ended;

    /// <summary>Bytes of data up to the end of the present chunk; 0 outside of data.</summary>
    public long RemainingData => _state == State.Data ? _remaining : 0;

    /// <summary>Makes ready for the body of a response, which is given the trailer fields.</summary>
    public void Start(HttpResponseMessage response)
    {
        _response = response;
        _state = State.Size;
        _remaining = 0;
        _digits = _extensionBytes = _trailerBytes = _trailerFields = _lineLength = 0;
    }

    /// <summary>Moves data from <paramref name="source"/> to <paramref name="target"/> and takes all framing it meets; stops at data that finds no room, and at the end of the body.</summary>
    /// <returns>Bytes written to <paramref name="target"/>.</returns>
    public int Decode(Span<byte> source, Span<byte> target, out int consumed)
    {
        var at = 0;
        var written = 0;
        while (at < source.Length && _state != State.Ended)
        {
            if (_state == State.Data)
            {
                var count = (int)Math.Min(_remaining, Math.Min(source.Length - at, target.Length - written));
                if (count == 0) break;
                // Where both are the same memory and no framing was met yet, the data is in its place.
                source.Slice(at, count).CopyTo(target[written..]);
                at += count;
                written += count;
                _remaining -= count;
                if (_remaining == 0) _state = State.DataReturn;
            }
            else TakeFraming(source[at++]);
        }

        consumed = at;
        return written;
    }

    private void TakeFraming(byte b)
    {
        switch (_state)
        {
            case State.Size:
                TakeSize(b);
                break;
            case State.Extension:
                if (b == '\r') _state = State.SizeFeed;
                else if (b is 0 or (byte)'\n') throw TransportErrors.Protocol("a chunk extension has NUL or a bare LF");
                else if (++_extensionBytes > MaxExtensionBytes) throw TransportErrors.Protocol($"its chunk extensions have more than {MaxExtensionBytes} bytes");
                break;
            case State.SizeFeed:
                Expect(b, '\n');
                _digits = 0;
                _state = _remaining == 0 ? State.TrailerLine : State.Data;
                break;
            case State.DataReturn:
                Expect(b, '\r');
                _state = State.DataFeed;
                break;
            case State.DataFeed:
                Expect(b, '\n');
                _state = State.Size;
                break;
            case State.TrailerLine:
                if (b == '\r') _state = State.TrailerFeed;
                else TakeTrailerByte(b);
                break;
            case State.TrailerFeed:
                Expect(b, '\n');
                EndTrailerLine();
                break;
        }
    }

    private void TakeSize(byte b)
    {
        if (char.IsAsciiHexDigit((char)b))
        {
            if (++_digits > 16 || _remaining > long.MaxValue >> 4) throw TransportErrors.Protocol("a chunk size is too large");
            _remaining = (_remaining << 4) + (char.IsAsciiDigit((char)b) ? b - '0' : (b | 0x20) - 'a' + 10);
            return;
        }

        if (_digits == 0 || b is not ((byte)'\r' or (byte)';')) throw TransportErrors.Protocol("a chunk size is not a hexadecimal number");
        _state = b == '\r' ? State.SizeFeed : State.Extension;
    }

    private void TakeTrailerByte(byte b)
    {
        if (b == '\n') throw TransportErrors.Protocol("a trailer line ends with a bare LF");
        if (++_trailerBytes > maxTrailerBytes) throw TransportErrors.HeadTooLarge($"more than {maxTrailerBytes} bytes of trailers");
        if (_lineLength == _line.Length) Array.Resize(ref _line, Math.Max(256, _line.Length * 2));
        _line[_lineLength++] = b;
    }

    private void EndTrailerLine()
    {
        if (_lineLength == 0)
        {
            _state = State.Ended;
            _response = null;
            if (_line.Length > 4096) _line = [];
            return;
        }

        if (++_trailerFields > maxTrailerFields) throw TransportErrors.HeadTooLarge($"more than {maxTrailerFields} trailer fields");
        FieldLine.Split(_line.AsSpan(0, _lineLength), out var nameBytes, out var value);
        var name = KnownField.Find(nameBytes)?.Name ?? Encoding.Latin1.GetString(nameBytes);
        if (!TrailerFields.IsForbidden(name)) _response!.TrailingHeaders.TryAddWithoutValidation(name, FieldLine.Value(value));
        _lineLength = 0;
        _state = State.TrailerLine;
    }

    private static void Expect(byte actual, char expected)
    {
        if (actual != expected) throw TransportErrors.Protocol("a chunk or a trailer line does not end with CRLF");
    }
}
