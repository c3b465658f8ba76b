using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

/// <summary>
/// Reads what an HTTP/1.1 client sends, as it arrives, and tells how much of it is beyond doubt (RFC 9112). Heads, chunk lines and trailer sections count only
/// when they are complete; body octets count at once.
/// </summary>
/// <remarks>
/// One per connection, used by one reader at a time. Scans every octet once, in place; only a line that lies across two segments is copied, into a rented
/// buffer no longer than the limits allow. All offsets are relative to the first octet not consumed yet.
/// </remarks>
internal sealed class RequestScanner(RequestGuardOptions options, bool mayBeTls)
{
    // One is asked for by RFC 9112 §2.2; a few more come from people who type.
    private const int MaxEmptyLines = 4;

    private long _next;
    private long _searched;
    private long _remaining;
    private long _heldReady;
    private int _extensionBytes;
    private int _emptyLines;
    private bool _waits;
    private bool _isLast;
    private string? _lastOptions;
    private byte[]? _scratch;
    private HeadFields _fields;

    /// <summary>Octets from the first one not consumed that may be shown.</summary>
    public long Ready { get; private set; }

    /// <summary>How many of the first of them are to be left out: empty lines before a request, leading zeros of a chunk size.</summary>
    public long Skipped { get; private set; }

    /// <summary>What is expected next.</summary>
    public ScanPhase Phase { get; private set; }

    /// <summary>Whether the phase is <see cref="ScanPhase.Tunnel"/> because the client opened with the preface of HTTP/2.</summary>
    public bool IsHttp2 { get; private set; }

    /// <summary>Why the phase is <see cref="ScanPhase.Refused"/>.</summary>
    public RequestVerdict Verdict { get; private set; }

    /// <summary>Whether a refusal hit a body, whose request is already being served.</summary>
    public bool RefusedInBody { get; private set; }

    /// <summary>Whether the request refused was a HEAD, whose answer has no body.</summary>
    public bool IsHead { get; private set; }

    /// <summary>What the last head that the server has seen says in <c>Connection</c>, where that names fields (RFC 9110 §7.6.1).</summary>
    public string? ConnectionOptions { get; private set; }

    /// <summary>Whether the next octets are those of a head.</summary>
    public bool AwaitsHead => Phase <= ScanPhase.FieldLine;

    /// <summary>Whether the scan stopped short of what is there, until all that is ready has been consumed, or for good.</summary>
    public bool IsStopped => _waits || Phase is ScanPhase.Refused or ScanPhase.Held or ScanPhase.Finished;

    /// <summary>Whether part of a head has come.</summary>
    public bool HasPartialHead(long length) => AwaitsHead && (Phase == ScanPhase.FieldLine || length > _next);

    /// <summary>Reads what has come since the last call.</summary>
    /// <param name="buffer">All octets not consumed yet.</param>
    public void Scan(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsSingleSegment)
        {
            var span = buffer.FirstSpan;
            while (!_waits && Step(buffer, span, span.Length))
            {
            }

            return;
        }

        var length = buffer.Length;
        while (!_waits && Step(buffer, default, length))
        {
        }

        if (_scratch is not null)
        {
            ArrayPool<byte>.Shared.Return(_scratch);
            _scratch = null;
        }
    }

    /// <summary>Forgets octets at the front.</summary>
    public void Consume(long count)
    {
        Ready -= count;
        _next -= count;
        _searched -= count;
        _heldReady -= count;
        Skipped = Math.Max(0, Skipped - count);
        if (_waits && Ready == 0)
            EndWait();
    }

    /// <summary>Notes that the server sees now what is ready.</summary>
    public void Show()
    {
        if (_heldReady <= 0)
            ConnectionOptions = _lastOptions;
    }

    /// <summary>Lets the scan go on although not all that is ready was consumed. Only for a server that asks for more in the midst of a message.</summary>
    public void EndWait()
    {
        _waits = false;
        if (_heldReady > 0)
        {
            Ready = _heldReady;
            _heldReady = 0;
            _waits = _lastOptions is not null;
        }
    }

    /// <summary>Refuses from outside: a limit that is no matter of octets was reached.</summary>
    public void Refuse(RequestVerdict verdict)
    {
        Verdict = verdict;
        RefusedInBody = Phase is >= ScanPhase.Body and <= ScanPhase.TrailerLine;
        Phase = ScanPhase.Refused;
    }

    /// <summary>Ends the holding after a request that asked for an upgrade.</summary>
    public void Decide(bool isTunnel)
    {
        if (isTunnel)
            Phase = ScanPhase.Tunnel;
        else if (Phase == ScanPhase.Held)
            Phase = PhaseAfterMessage;
    }

    private bool Step(in ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> span, long length)
    {
        switch (Phase)
        {
            case ScanPhase.Opening:
                return StepOpening(buffer, length);
            case ScanPhase.RequestLine:
                return TryTakeLine(buffer, span, length, out var line) ? StepRequestLine(line) : CheckUnfinishedRequestLine(length);
            case ScanPhase.FieldLine:
                if (TryTakeCleanLine(span, out line))
                    return StepFieldLine(line, isClean: true);
                return TryTakeLine(buffer, span, length, out line)
                    ? StepFieldLine(line, isClean: false)
                    : CheckUnfinishedSection(length, options.MaxFieldSectionBytes);
            case ScanPhase.Body:
                if (!TakeData(length))
                    return false;
                EndMessage();
                return true;
            case ScanPhase.ChunkSize:
                return TryTakeLine(buffer, span, length, out line) ? StepChunkSize(line) : CheckUnfinishedChunkLine(length);
            case ScanPhase.ChunkData:
                if (!TakeData(length))
                    return false;
                Phase = ScanPhase.ChunkEnd;
                return true;
            case ScanPhase.ChunkEnd:
                return StepChunkEnd(buffer, length);
            case ScanPhase.TrailerLine:
                return TryTakeLine(buffer, span, length, out line)
                    ? StepTrailerLine(line)
                    : CheckUnfinishedSection(length, MaxTrailerBytes);
            default:
                return false;
        }
    }

    private bool StepOpening(in ReadOnlySequence<byte> buffer, long length)
    {
        if (length == 0)
            return false;
        var first = buffer.FirstSpan[0];
        if (mayBeTls && first == 0x16)
        {
            Phase = ScanPhase.Tunnel;
            return false;
        }

        if (first == (byte)'P')
        {
            var preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;
            Span<byte> start = stackalloc byte[preface.Length];
            start = start[..(int)Math.Min(length, preface.Length)];
            buffer.Slice(0, start.Length).CopyTo(start);
            if (preface.StartsWith(start))
            {
                // Three octets tell it from every method but one that begins the same way; wait for all of them.
                if (start.Length < preface.Length)
                    return false;
                IsHttp2 = true;
                Phase = ScanPhase.Tunnel;
                return false;
            }
        }

        Phase = ScanPhase.RequestLine;
        return true;
    }

    private bool StepRequestLine(ReadOnlySpan<byte> line)
    {
        // First of all, as for a line that has not ended: one verdict, however the octets came.
        if (line.Length > MaxRequestLineLength)
            return RefuseWith(RequestLineRules.TargetTooLong);
        if (!TrimLineEnd(ref line))
            return false;
        if (line.IsEmpty)
        {
            if (++_emptyLines > MaxEmptyLines)
                return RefuseWith(RequestVerdict.BadRequest("There are empty lines before the request line."));
            return Skip(2);
        }

        _emptyLines = 0;
        var verdict = RequestLineRules.Check(line, options, out var isHttp10, out var isHead);
        IsHead = isHead;
        if (!verdict.IsAccepted)
            return RefuseWith(verdict);
        _fields.Reset(isHttp10);
        Phase = ScanPhase.FieldLine;
        return true;
    }

    private bool StepFieldLine(ReadOnlySpan<byte> line, bool isClean)
    {
        _fields.Bytes += line.Length;
        if (_fields.Bytes > options.MaxFieldSectionBytes)
            return RefuseWith(SectionTooLarge);
        if (!TrimLineEnd(ref line))
            return false;
        if (line.IsEmpty)
            return EndHead();
        var verdict = _fields.Read(line, options.MaxFields, isClean);
        return verdict.IsAccepted || RefuseWith(verdict);
    }

    private bool EndHead()
    {
        var verdict = _fields.Finish();
        if (!verdict.IsAccepted)
            return RefuseWith(verdict);
        _isLast = _fields.IsLast;
        if (_fields.IsChunked)
        {
            _extensionBytes = 0;
            Phase = ScanPhase.ChunkSize;
        }
        else if (_fields.ContentLength > 0)
        {
            _remaining = _fields.ContentLength;
            Phase = ScanPhase.Body;
        }
        else
            Phase = _fields.AsksForUpgrade ? ScanPhase.Held : PhaseAfterMessage;

        return ShowHead();
    }

    // A head that asks for an upgrade is shown only when all before it is answered, so that the next answer is the one to this request; one that names
    // fields of the connection too, and nothing behind it until it is consumed, so that the names are those of the request being served.
    private bool ShowHead()
    {
        _lastOptions = _fields.ConnectionOptions;
        var isNaming = _lastOptions is not null;
        if ((isNaming || Phase == ScanPhase.Held) && Ready > Skipped)
        {
            _heldReady = _next;
            _waits = true;
            return false;
        }

        Ready = _next;
        _waits = isNaming;
        return !_waits;
    }

    private void EndMessage()
    {
        Ready = _next;
        Phase = PhaseAfterMessage;
    }

    private ScanPhase PhaseAfterMessage => _isLast ? ScanPhase.Finished : ScanPhase.RequestLine;

    private bool StepChunkSize(ReadOnlySpan<byte> line)
    {
        var lineLength = line.Length;
        if (!TrimLineEnd(ref line))
            return false;
        var verdict = ChunkLineRules.Check(line, out var size, out var digits, out var extensionBytes);
        if (!verdict.IsAccepted)
            return RefuseWith(verdict);
        _extensionBytes += extensionBytes;
        if (_extensionBytes > options.MaxChunkExtensionBytes)
            return RefuseWith(ChunkLineRules.ExtensionsTooLarge);
        if (digits > ChunkLineRules.DigitsServersRead)
        {
            // Read the line again without the zeros that a server's parser has no room for.
            var zeros = digits - ChunkLineRules.DigitsServersRead;
            _extensionBytes -= extensionBytes;
            _next = _searched = _next - lineLength;
            return Skip(zeros, isTaken: false);
        }

        if (size == 0)
        {
            // The last chunk is shown together with the whole trailer section: until that is sound, the body is not complete.
            _fields.Reset(isHttp10: false);
            Phase = ScanPhase.TrailerLine;
            return true;
        }

        Ready = _next;
        _remaining = size;
        Phase = ScanPhase.ChunkData;
        return true;
    }

    private bool StepChunkEnd(in ReadOnlySequence<byte> buffer, long length)
    {
        var available = (int)Math.Min(length - _next, 2);
        if (available == 0)
            return false;
        Span<byte> end = stackalloc byte[2];
        end = end[..available];
        buffer.Slice(_next, available).CopyTo(end);
        if (!"\r\n"u8.StartsWith(end))
            return RefuseWith(RequestVerdict.BadRequest("A chunk does not end where its size says."));
        if (available < 2)
            return false;
        _next = _searched = _next + 2;
        Ready = _next;
        Phase = ScanPhase.ChunkSize;
        return true;
    }

    private bool StepTrailerLine(ReadOnlySpan<byte> line)
    {
        _fields.Bytes += line.Length;
        if (_fields.Bytes > MaxTrailerBytes)
            return RefuseWith(SectionTooLarge);
        if (!TrimLineEnd(ref line))
            return false;
        if (line.IsEmpty)
        {
            EndMessage();
            return true;
        }

        var verdict = _fields.ReadTrailer(line, options.MaxFields);
        return verdict.IsAccepted || RefuseWith(verdict);
    }

    private bool TakeData(long length)
    {
        var taken = Math.Min(length - _next, _remaining);
        _remaining -= taken;
        _next = _searched = _next + taken;
        Ready = _next;
        return _remaining == 0;
    }

    // Hides octets at the front; when some are still to be consumed before them, the scan waits for that.
    private bool Skip(int count, bool isTaken = true)
    {
        var start = isTaken ? _next - count : _next;
        if (Ready > Skipped && start >= Ready)
        {
            if (isTaken)
            {
                _emptyLines--;
                _next = _searched = start;
            }

            _waits = true;
            return false;
        }

        _next = _searched = start + count;
        Ready = Skipped = _next;
        return true;
    }

    private bool CheckUnfinishedRequestLine(long length) => length - _next > MaxRequestLineLength && RefuseWith(RequestLineRules.TargetTooLong);

    private bool CheckUnfinishedSection(long length, int limit) =>
        _fields.Bytes + (length - _next) > limit && RefuseWith(SectionTooLarge);

    private bool CheckUnfinishedChunkLine(long length) =>
        length - _next > options.MaxChunkExtensionBytes - _extensionBytes + ChunkLineRules.MaxDigits + 2 && RefuseWith(ChunkLineRules.ExtensionsTooLarge);

    private static RequestVerdict SectionTooLarge =>
        RequestVerdict.Refuse(StatusCodes.Status431RequestHeaderFieldsTooLarge, "The field section is too large.");

    private bool TrimLineEnd(ref ReadOnlySpan<byte> line)
    {
        if (line.Length < 2 || line[^2] != (byte)'\r')
            return RefuseWith(RequestVerdict.BadRequest("A line does not end with CR LF."));
        line = line[..^2];
        return true;
    }

    private bool RefuseWith(RequestVerdict verdict)
    {
        Refuse(verdict);
        return false;
    }

    // The usual line has no control character but those that end it: one search finds the end and shows that. Whatever is odd is left to the other way.
    private bool TryTakeCleanLine(ReadOnlySpan<byte> span, out ReadOnlySpan<byte> line)
    {
        line = default;
        if (span.IsEmpty || _searched != _next)
            return false;
        var rest = span[(int)_next..];
        var end = rest.IndexOfAny(HeadFields.Controls);
        if (end < 0 || !rest[end..].StartsWith("\r\n"u8))
            return false;
        line = rest[..(end + 2)];
        _next = _searched = _next + end + 2;
        return true;
    }

    private bool TryTakeLine(in ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> span, long length, out ReadOnlySpan<byte> line)
    {
        if (!buffer.IsSingleSegment)
            return TryTakeLineAcross(buffer, length, out line);
        var found = span[(int)_searched..].IndexOf((byte)'\n');
        if (found < 0)
        {
            _searched = length;
            line = default;
            return false;
        }

        var end = (int)_searched + found + 1;
        line = span[(int)_next..end];
        _next = _searched = end;
        return true;
    }

    private bool TryTakeLineAcross(in ReadOnlySequence<byte> buffer, long length, out ReadOnlySpan<byte> line)
    {
        line = default;
        var found = buffer.Slice(_searched).PositionOf((byte)'\n');
        if (found is null)
        {
            _searched = length;
            return false;
        }

        var upToFound = buffer.Slice(_next, found.Value);
        var lineLength = upToFound.Length + 1;
        if (lineLength > MaxLineLength)
        {
            // Longer than any line may be: the unfinished-line check of its phase finds that out.
            _searched = _next + lineLength - 1;
            return false;
        }

        var sequence = buffer.Slice(_next, lineLength);
        _next = _searched = _next + lineLength;
        if (sequence.IsSingleSegment)
        {
            line = sequence.FirstSpan;
            return true;
        }

        if (_scratch is null || _scratch.Length < lineLength)
        {
            if (_scratch is not null)
                ArrayPool<byte>.Shared.Return(_scratch);
            _scratch = ArrayPool<byte>.Shared.Rent((int)lineLength);
        }

        sequence.CopyTo(_scratch);
        line = _scratch.AsSpan(0, (int)lineLength);
        return true;
    }

    private int MaxRequestLineLength => options.MaxTargetBytes + RequestLineRules.MaxMethodLength + RequestLineRules.OverheadLength;

    // With the empty line that ends the section, which is there even where no trailer is allowed.
    private int MaxTrailerBytes => options.MaxTrailerSectionBytes + 2;

    private long MaxLineLength => Phase switch
    {
        ScanPhase.RequestLine => MaxRequestLineLength,
        ScanPhase.FieldLine => options.MaxFieldSectionBytes,
        ScanPhase.TrailerLine => MaxTrailerBytes,
        _ => options.MaxChunkExtensionBytes + ChunkLineRules.MaxDigits + 2,
    };
}
