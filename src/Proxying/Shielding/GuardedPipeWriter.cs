using System.IO.Pipelines;

namespace Net2Secure.Routing.Proxying;

/// <summary>
/// The way out of a guarded connection. Passes everything on; after a request that asked for an upgrade it also reads the status line of the answer,
/// because 101 is what turns the octets behind that request from HTTP into a tunnel. Over HTTP/2 it can put the reason into the server's last word.
/// </summary>
internal sealed class GuardedPipeWriter(PipeWriter inner) : PipeWriter
{
    private const int StatusLineLength = 12;

    private readonly byte[] _start = new byte[StatusLineLength];
    private Memory<byte> _lent;
    private int _startLength;
    private int _endMatched;
    private bool _inHead;
    private volatile bool _watches;
    private volatile bool _calms;
    private bool _goesAway;

    /// <summary>Whether a 101 went out since <see cref="Watch"/>.</summary>
    public bool SawSwitch { get; private set; }

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <summary>Begins to look for the next final answer. Call it when all earlier answers are out.</summary>
    public void Watch()
    {
        SawSwitch = false;
        _startLength = 0;
        _inHead = false;
        _watches = true;
    }

    /// <summary>From now on the server's GOAWAY, which is about to come, says ENHANCE_YOUR_CALM (RFC 9113 §7), whatever the server thinks the reason is.</summary>
    public void Calm() => _calms = true;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var memory = inner.GetMemory(sizeHint);
        if (_watches || _calms)
            _lent = memory;
        return memory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => _watches || _calms ? GetMemory(sizeHint).Span : inner.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        if (_watches)
            Observe(_lent.Span[..Math.Min(bytes, _lent.Length)]);
        else if (_calms)
            GiveReason(_lent.Span[..Math.Min(bytes, _lent.Length)]);
        inner.Advance(bytes);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_watches)
            Observe(source.Span);
        return inner.WriteAsync(source, cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    // A completed transport closes its socket at once; with octets unread, that is a reset, and the GOAWAY is lost. The guard drains first.
    public override void Complete(Exception? exception = null)
    {
        if (!_calms) inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null) => _calms ? ValueTask.CompletedTask : inner.CompleteAsync(exception);

    // Reads status lines until one is final: interim answers (1xx but 101) are skipped up to the empty line that ends them.
    private void Observe(ReadOnlySpan<byte> written)
    {
        while (!written.IsEmpty && _watches)
        {
            if (_inHead)
            {
                var octet = written[0];
                written = written[1..];
                var expected = (_endMatched & 1) == 0 ? (byte)'\r' : (byte)'\n';
                _endMatched = octet == expected ? _endMatched + 1 : octet == (byte)'\r' ? 1 : 0;
                _inHead = _endMatched < 4;
                continue;
            }

            var taken = Math.Min(written.Length, StatusLineLength - _startLength);
            written[..taken].CopyTo(_start.AsSpan(_startLength));
            written = written[taken..];
            _startLength += taken;
            if (_startLength == StatusLineLength)
                ReadStatus();
        }
    }

    private void ReadStatus()
    {
        SawSwitch = _start.AsSpan(9).SequenceEqual("101"u8);
        _startLength = 0;
        _endMatched = 0;
        _inHead = !SawSwitch && _start[9] == (byte)'1';
        _watches = _inHead;
        if (!_watches)
            _lent = default;
    }

    // A GOAWAY without debug data is written in one piece of 17 octets, or in its header and 8 more; it is the last frame of a connection.
    private void GiveReason(Span<byte> written)
    {
        const int headerLength = 9;
        const int payloadLength = 8;
        const byte enhanceYourCalm = 11;
        ReadOnlySpan<byte> header = [0, 0, payloadLength, 7, 0, 0, 0, 0, 0];
        if (_goesAway && written.Length == payloadLength)
            written[^1] = enhanceYourCalm;
        else if (written.Length >= headerLength + payloadLength && written[^(headerLength + payloadLength)..].StartsWith(header))
            written[^1] = enhanceYourCalm;
        _goesAway = written.EndsWith(header);
    }
}
