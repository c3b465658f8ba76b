using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Net2Secure.Routing.Proxying;

/// <summary>The way in of a connection that speaks HTTP/2: passes everything on, and ends it when frames come for their own sake.</summary>
/// <remarks>
/// Only the nine octets in front of each frame are looked at. When the budget is spent, the server is shown a frame that no client may send; it then ends the connection
/// and everything on it in its own way, and <see cref="GuardedPipeWriter.Calm"/> has the right reason put into its last word.
/// </remarks>
internal sealed class Http2FrameReader(PipeReader inner, GuardedPipeWriter output, RequestGuard guard, string connectionId)
{
    private const int HeaderLength = 9;
    private const int PrefaceLength = 24;

    // PUSH_PROMISE from a client is a connection error wherever it stands (RFC 9113 §8.4).
    private static readonly byte[] Poison = [0, 0, 4, 5, 4, 0, 0, 0, 1, 0, 0, 0, 2];

    private readonly Http2FrameBudget _budget = new(guard.TimeProvider);
    private readonly byte[] _header = new byte[HeaderLength];
    private ReadOnlySequence<byte> _current;
    // Octets of the current buffer that have been looked at, and octets to come that belong to a frame whose header has been.
    private long _scanned;
    private long _payloadLeft = PrefaceLength;
    private int _headerLength;
    private State _state;

    private enum State
    {
        Open,

        /// <summary>The frame that is too much begins behind what was offered.</summary>
        Spent,

        Poisoned,

        Ended,
    }

    /// <summary>Whether the budget was spent, so that what the client still sends has to be drained before the connection is closed.</summary>
    public bool HasRefused => _state != State.Open;

    public ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        if (_state != State.Open) return new(EndResult());
        var read = inner.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? new(Look(read.Result)) : ReadMoreAsync(read);
    }

    public bool TryRead(out ReadResult result)
    {
        if (_state != State.Open)
        {
            result = EndResult();
            return true;
        }

        if (!inner.TryRead(out result)) return false;
        result = Look(result);
        return true;
    }

    public void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_state >= State.Poisoned) return;
        _scanned -= _current.Slice(_current.Start, consumed).Length;
        _current = default;
        inner.AdvanceTo(consumed, examined);
    }

    /// <summary>Looks at a buffer for the first time, or again with more behind what has been seen.</summary>
    public ReadResult Look(in ReadResult result)
    {
        _current = result.Buffer;
        if (IsAffordable()) return result;
        RequestGuardLog.FramesRefused(guard.Logger, connectionId);
        output.Calm();
        var good = Math.Max(0, _scanned - HeaderLength);
        if (good > 0)
        {
            _state = State.Spent;
            return new ReadResult(_current.Slice(0, good), result.IsCanceled, isCompleted: false);
        }

        inner.AdvanceTo(_current.End);
        return EndResult();
    }

    // What is left unread behind the frame that was too much is of no interest: the connection ends.
    private ReadResult EndResult()
    {
        _state = _state < State.Poisoned ? State.Poisoned : State.Ended;
        return _state == State.Poisoned
            ? new ReadResult(new ReadOnlySequence<byte>(Poison), isCanceled: false, isCompleted: false)
            : new ReadResult(default, isCanceled: false, isCompleted: true);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadMoreAsync(ValueTask<ReadResult> read) => Look(await read.ConfigureAwait(false));

    private bool IsAffordable()
    {
        var left = _current.Length - _scanned;
        while (left > 0)
        {
            if (_payloadLeft > 0)
            {
                var skipped = Math.Min(left, _payloadLeft);
                _payloadLeft -= skipped;
                _scanned += skipped;
                left -= skipped;
                continue;
            }

            var taken = (int)Math.Min(left, HeaderLength - _headerLength);
            _current.Slice(_scanned, taken).CopyTo(_header.AsSpan(_headerLength));
            _headerLength += taken;
            _scanned += taken;
            left -= taken;
            if (_headerLength < HeaderLength) break;
            _headerLength = 0;
            _payloadLeft = (_header[0] << 16) | (_header[1] << 8) | _header[2];
            if (!_budget.TryPay(_header[3], _header[4], (int)_payloadLeft)) return false;
        }

        return true;
    }
}
