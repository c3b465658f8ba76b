using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

/// <summary>
/// The way in of a guarded connection: shows the server what the <see cref="RequestScanner"/> has found to be beyond doubt, and nothing else.
/// </summary>
/// <remarks>
/// A head that is refused is answered from here once the server asks for the next request, which it does when every earlier answer is written; the server
/// then sees the end of the connection. A body that is refused ends, for the server, in a chunk line that no parser takes: the request fails as a bad
/// one, with whatever answer the application gives to that, and never looks complete.
/// </remarks>
internal sealed class GuardedPipeReader : PipeReader, IValueTaskSource<ReadResult>
{
    private static readonly byte[] Poison = "!\r\n!\r\n"u8.ToArray();

    private readonly PipeReader _inner;
    private readonly GuardedPipeWriter _output;
    private readonly RequestGuard _guard;
    private readonly string _connectionId;
    private readonly RequestScanner _scanner;

    private ReadOnlySequence<byte> _current;
    private SequencePosition _offeredEnd;
    private long _seen;
    private long _length;
    private ITimer? _headTimer;
    private bool _timerArmed;
    private volatile bool _headTimedOut;
    private bool _passes;
    private bool _ended;
    private bool _poisoned;
    private bool _watched;
    private volatile bool _enteredTunnel;
    private ManualResetValueTaskSourceCore<ReadResult> _reading;
    private ValueTask<ReadResult> _innerRead;
    private CancellationToken _readToken;
    private Action? _onInnerRead;
    private Http2FrameReader? _frames;

    public GuardedPipeReader(PipeReader inner, GuardedPipeWriter output, RequestGuard guard, string connectionId, bool mayBeTls)
    {
        _inner = inner;
        _output = output;
        _guard = guard;
        _connectionId = connectionId;
        _scanner = new RequestScanner(guard.Options, mayBeTls);
    }

    /// <summary>Whether a refusal was made, so that what the client still sends has to be drained before the connection is closed.</summary>
    public bool HasRefused => _scanner.Phase == ScanPhase.Refused || _frames is { HasRefused: true };

    /// <summary>Whether the octets are no business of the guard any more.</summary>
    public bool IsTunnel => _passes;

    /// <summary>See <see cref="IRequestGuardFeature.ConnectionOptions"/>.</summary>
    public string? ConnectionOptions => _scanner.ConnectionOptions;

    /// <summary>See <see cref="IRequestGuardFeature.EnterTunnel"/>.</summary>
    public void EnterTunnel() => _enteredTunnel = true;

    /// <summary>Releases the timer.</summary>
    public void Release() => _headTimer?.Dispose();

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_passes)
            return _frames is null ? _inner.ReadAsync(cancellationToken) : _frames.ReadAsync(cancellationToken);
        if (_ended)
            return new(new ReadResult(default, isCanceled: false, isCompleted: true));
        DecideUpgrade();
        if (_scanner.Phase == ScanPhase.Finished && _scanner.Ready == _scanner.Skipped)
        {
            _ended = true;
            return new(new ReadResult(default, isCanceled: false, isCompleted: true));
        }

        var read = _inner.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            WatchHead();
            return ReadMoreAsync(read, cancellationToken);
        }

        if (TryOffer(read.Result, out var offered))
            return new(offered);
        if (MustRefuse)
            return RefuseAsync();
        WatchHead();
        return ReadMoreAsync(_inner.ReadAsync(cancellationToken), cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_passes)
            return _frames is null ? _inner.TryRead(out result) : _frames.TryRead(out result);
        result = new ReadResult(default, isCanceled: false, isCompleted: true);
        if (_ended)
            return true;
        DecideUpgrade();
        while (_inner.TryRead(out var read))
        {
            if (TryOffer(read, out result))
                return true;
            // An answer of ours cannot be written from here: leave it to the ReadAsync that follows a TryRead without result.
            if (MustRefuse)
            {
                _inner.AdvanceTo(_current.Start);
                return false;
            }
        }

        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_passes)
        {
            if (_frames is null) _inner.AdvanceTo(consumed, examined);
            else _frames.AdvanceTo(consumed, examined);
            return;
        }

        if (_ended)
            return;
        if (_poisoned)
        {
            _ended = true;
            return;
        }

        var consumedLength = LengthTo(consumed);
        var hasSeenAll = examined.Equals(_offeredEnd) || LengthTo(examined) >= _scanner.Ready;
        // Asked before consuming, which may end the stop: then what is left has not been looked at.
        var mustLookAgain = _scanner.IsStopped || _watched;
        // So is this: what becomes ready with it has not been seen.
        var left = _scanner.Ready - consumedLength;
        _scanner.Consume(consumedLength);
        _length -= consumedLength;
        _seen = hasSeenAll ? left - _scanner.Skipped : -1;
        if (!hasSeenAll)
            _inner.AdvanceTo(consumed, examined);
        else if (mustLookAgain)
            _inner.AdvanceTo(consumed);
        else
            _inner.AdvanceTo(consumed, _current.End);
        _current = default;
    }

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    // After a flood of frames there is more to be drained, so that the answer to it arrives; the transport completes its pipes itself when it is disposed.
    public override void Complete(Exception? exception = null)
    {
        if (_frames is not { HasRefused: true }) _inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null) => _frames is { HasRefused: true } ? ValueTask.CompletedTask : _inner.CompleteAsync(exception);

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _reading.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    private bool MustRefuse => _scanner.Phase is ScanPhase.Refused or ScanPhase.Finished;

    // Looks at what has come; false when there is nothing new to show.
    private bool TryOffer(in ReadResult result, out ReadResult offered)
    {
        _current = result.Buffer;
        if (!_scanner.IsStopped)
            _scanner.Scan(_current);
        if (_scanner.Phase == ScanPhase.Tunnel)
        {
            _passes = true;
            DisarmTimer();
            if (_scanner.IsHttp2) _frames = new Http2FrameReader(_inner, _output, _guard, _connectionId);
            offered = _frames is null ? result : _frames.Look(result);
            return true;
        }

        _length = _current.Length;
        var isCanceled = result.IsCanceled;
        if (_headTimedOut)
        {
            _headTimedOut = isCanceled = false;
            TimeOut();
        }

        if (_scanner.Ready - _scanner.Skipped > _seen || isCanceled || (result.IsCompleted && !_scanner.IsStopped))
        {
            DisarmTimer();
            Offer(result.IsCompleted && !_scanner.IsStopped, isCanceled, out offered);
            return true;
        }

        offered = default;
        if (_scanner.Phase == ScanPhase.Refused)
            return TryPoison(out offered);
        if (MustRefuse)
            return false;
        if (_scanner.IsStopped)
        {
            // The server wants more although a whole message lies before it. That is not how it reads; go on rather than turn in a circle.
            _scanner.EndWait();
        }

        _inner.AdvanceTo(_current.Start, _current.End);
        return false;
    }

    private void Offer(bool isCompleted, bool isCanceled, out ReadResult offered)
    {
        var shown = _scanner.Skipped == 0 && _scanner.Ready == _current.Length
            ? _current
            : _current.Slice(_scanner.Skipped, _scanner.Ready - _scanner.Skipped);
        _offeredEnd = shown.End;
        _scanner.Show();
        if (_scanner.Phase == ScanPhase.Held && !_watched)
        {
            _watched = true;
            _output.Watch();
        }

        offered = new ReadResult(shown, isCanceled, isCompleted);
    }

    // A request that asked for an upgrade is decided when the server reads on: it upgraded, or it wants the next request.
    private void DecideUpgrade()
    {
        if (_enteredTunnel)
        {
            _scanner.Decide(isTunnel: true);
            return;
        }

        if (!_watched || _scanner.Ready > 0)
            return;
        _watched = false;
        _scanner.Decide(_output.SawSwitch);
    }

    private bool TryPoison(out ReadResult offered)
    {
        offered = default;
        if (!_scanner.RefusedInBody)
            return false;
        RequestGuardLog.BodyRefused(_guard.Logger, _connectionId, _scanner.Verdict.Detail);
        _inner.AdvanceTo(_current.End);
        _poisoned = true;
        offered = new ReadResult(new ReadOnlySequence<byte>(Poison), isCanceled: false, isCompleted: false);
        return true;
    }

    private ValueTask<ReadResult> RefuseAsync()
    {
        var hasAnswer = _scanner.Phase == ScanPhase.Refused && !_scanner.Verdict.IsAccepted;
        _inner.AdvanceTo(_current.End);
        _ended = true;
        return hasAnswer ? AnswerAsync() : new(new ReadResult(default, isCanceled: false, isCompleted: true));
    }

    private async ValueTask<ReadResult> AnswerAsync()
    {
        var verdict = _scanner.Verdict;
        RequestGuardLog.RequestRefused(_guard.Logger, _connectionId, verdict.StatusCode, verdict.Detail);
        using var limit = new CancellationTokenSource(RequestGuard.AnswerTimeout, _guard.TimeProvider);
        try
        {
            RefusalWriter.Write(_output, verdict, _scanner.IsHead, _guard.TimeProvider.GetUtcNow());
            await _output.FlushAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidOperationException or IOException)
        {
            // The client does not read, or is gone: there is nobody to tell.
        }

        return new ReadResult(default, isCanceled: false, isCompleted: true);
    }

    // Goes on reading until there is something to show. One read is pending at a time, so that the reader itself stands for it and nothing is allocated.
    private ValueTask<ReadResult> ReadMoreAsync(ValueTask<ReadResult> read, CancellationToken cancellationToken)
    {
        _reading.Reset();
        _innerRead = read;
        _readToken = cancellationToken;
        _onInnerRead ??= OnInnerRead;
        var awaiter = read.ConfigureAwait(false).GetAwaiter();
        if (awaiter.IsCompleted)
            OnInnerRead();
        else
            awaiter.UnsafeOnCompleted(_onInnerRead);
        return new(this, _reading.Version);
    }

    private void OnInnerRead()
    {
        ReadResult offered;
        try
        {
            while (!TryOffer(_innerRead.GetAwaiter().GetResult(), out offered))
            {
                if (MustRefuse)
                {
                    _ = RefuseReadAsync();
                    return;
                }

#pragma warning disable CA2012 // Kept in a field until it completes, and asked for its result once.
                _innerRead = _inner.ReadAsync(_readToken);
#pragma warning restore CA2012
                WatchHead();
                var awaiter = _innerRead.ConfigureAwait(false).GetAwaiter();
                if (awaiter.IsCompleted)
                    continue;
                awaiter.UnsafeOnCompleted(_onInnerRead!);
                return;
            }
        }
        catch (Exception error)
        {
            _reading.SetException(error);
            return;
        }

        // Whoever waits goes on from here, with the next read perhaps: nothing may follow.
        _reading.SetResult(offered);
    }

    private async Task RefuseReadAsync()
    {
        ReadResult refused;
        try
        {
            refused = await RefuseAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _reading.SetException(error);
            return;
        }

        _reading.SetResult(refused);
    }

    private long LengthTo(SequencePosition position)
    {
        var start = _current.Start;
        if (ReferenceEquals(start.GetObject(), position.GetObject()))
            return position.GetInteger() - start.GetInteger();
        return _current.Slice(start, position).Length;
    }

    // A head that has begun has so long to end; so has the first one of a connection before it begins.
    private void WatchHead()
    {
        if (_timerArmed || !_scanner.AwaitsHead || !(_scanner.Phase == ScanPhase.Opening || _scanner.HasPartialHead(_length)))
            return;
        _timerArmed = true;
        var timeout = _guard.HeadTimeout;
        if (_headTimer is null)
        {
            _headTimer = _guard.TimeProvider.CreateTimer(
                static state => ((GuardedPipeReader)state!).OnHeadTimer(), this, timeout, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _headTimer.Change(timeout, Timeout.InfiniteTimeSpan);
        }
    }

    private void DisarmTimer()
    {
        if (!_timerArmed)
            return;
        _timerArmed = false;
        _headTimer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void OnHeadTimer()
    {
        _headTimedOut = true;
        _inner.CancelPendingRead();
    }

    // Runs on the reader's side: the head may have been completed while the timer fired.
    private void TimeOut()
    {
        if (_scanner.HasPartialHead(_length))
            _scanner.Refuse(RequestVerdict.Refuse(StatusCodes.Status408RequestTimeout, "The request head took too long."));
        else if (_scanner.Phase == ScanPhase.Opening)
            _scanner.Refuse(RequestVerdict.Accepted);
    }
}
