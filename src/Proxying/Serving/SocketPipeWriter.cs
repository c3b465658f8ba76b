using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>What a client is sent, by the flush itself: no pipe and no loop between the server and the socket.</summary>
/// <remarks>
/// <para>A flush ends when the kernel has taken all bytes, so a client that does not read holds the server back after what the kernel keeps for it. The server's own limits
/// (least rate of responses) see to clients that never read.</para>
/// <para>Where it gathers (<see cref="IGatheringOutput"/>), a flush that leaves no more than <see cref="MostGathered"/> is over at once, and all that came together is sent by one call from the thread pool;
/// unless it is always the only one.</para>
/// <para>The last flush of an answer, where that is said (<see cref="IDeferringOutput"/>), is over at once on a poller's thread, which sends behind what else it has to carry on.</para>
/// <para>One writer at a time, as with any pipe; <see cref="CancelPendingFlush"/>, completion and the end of the connection may come from anywhere. What a cancelled flush has not sent
/// goes with the next one.</para>
/// </remarks>
/// <param name="connection">Whose it is.</param>
/// <param name="memory">Where blocks come from.</param>
/// <param name="later">Runs a work item behind what is to be done already; the thread pool if <see langword="null"/>.</param>
/// <param name="tryDefer">Runs a work item at the end of the round of this thread, if it has any; <see cref="SocketPoller.TryDefer"/> if <see langword="null"/>.</param>
internal sealed class SocketPipeWriter(PolledConnection connection, MemoryPool<byte> memory, Action<IThreadPoolWorkItem>? later = null, Func<IThreadPoolWorkItem, bool>? tryDefer = null)
    : PipeWriter, ILendingOutput, IGatheringOutput, IThreadPoolWorkItem
{
    /// <summary>So much may wait for the call that sends it all. Beyond, flushes send by themselves, and wait.</summary>
    internal const int MostGathered = 32 * 1024;

    /// <summary>So much may wait for the end of a round: what a hit lends, and its head.</summary>
    internal const int MostDeferred = OutgoingBytes.MostLent + (16 * 1024);

    /// <summary>So many calls in a row with the bytes of one flush each, and flushes send by themselves again: one answer at a time gains nothing and would only be later.</summary>
    internal const int LonelyCalls = 64;

    /// <summary>While they do, one of so many is gathered, to see whether others have come beside it.</summary>
    internal const int FlushesPerTrial = 16;

    private readonly Lock _lock = new();
    private readonly OutgoingBytes _bytes = new(memory);
    private bool _isGathering;
    private bool _isScheduled;
    private bool _mayDeferNext;
    private long _deferred;
    private int _together;
    private int _lonely;
    private int _direct;
    private bool _isSending;
    private bool _isComplete;
    private bool _hasFailed;
    private int _isCanceled;
    private TaskCompletionSource? _stirred;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _bytes.Count;

    public bool CanLend => ReferenceEquals(connection.Transport, connection);

    public bool IsGathering => Volatile.Read(ref _isGathering);

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        lock (_lock)
        {
            if (_isComplete) throw new InvalidOperationException("Writing is over: the writer was completed.");
            return _bytes.GetMemory(sizeHint);
        }
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        lock (_lock) _bytes.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _isCanceled) != 0 && Interlocked.Exchange(ref _isCanceled, 0) != 0) return new(Cancel());
        lock (_lock)
        {
            if (TryDefer() || TryGather() || (!_isSending && TrySend())) return new(new FlushResult(isCanceled: false, isCompleted: _hasFailed));
            if (_isSending) return JoinAsync(cancellationToken);
            _isSending = true;
        }

        return FlushWaitingAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        Interlocked.Exchange(ref _isCanceled, 1);
        Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        lock (_lock)
        {
            if (_isComplete) return;
            _isComplete = true;
            // What has been written is sent; whoever waits for that already goes on, and is waited for (DrainAsync).
            if (_isSending) return;
            // After an error that is only what flushes have promised.
            if ((exception is not null && !_isScheduled) || TrySend())
            {
                _bytes.Drop();
                return;
            }

            _isSending = true;
        }

        _ = SendRestAsync();
    }

    public bool TryLend(ReadOnlyMemory<byte> bytes) => _bytes.TryLend(bytes);

    public bool EndLoan(ReadOnlyMemory<byte> room) => _bytes.EndLoan(room);

    public void DeferNext() => _mayDeferNext = true;

    public bool TryDeferNext(Action<object> letGo, object lent)
    {
        lock (_lock)
        {
            if (_isComplete || !_bytes.TryKeep(letGo, lent)) return false;
        }

        _mayDeferNext = true;
        return true;
    }

    public void Gather()
    {
        if (IsGathering) return;
        lock (_lock) _isGathering = true;
    }

    /// <summary>Waits until nobody waits to send.</summary>
    public async Task DrainAsync()
    {
        while (IsSending(out var stirred)) await stirred.ConfigureAwait(false);
    }

    /// <summary>Sends what was gathered or put off.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        lock (_lock)
        {
            _isScheduled = false;
            _deferred = 0;
            if (_isGathering) _lonely = _together > 1 ? 0 : _lonely + 1;
            if (_isSending || TrySend()) return;
            _isSending = true;
        }

        _ = SendRestAsync();
    }

    /// <returns>Whether the bytes will be sent at the end of the round.</returns>
    private bool TryDefer()
    {
        var mayDefer = _mayDeferNext;
        _mayDeferNext = false;
        // The server flushes once more at the end of an answer, whether there is anything or not.
        if (_deferred > 0 && _bytes.Count == _deferred) return true;
        if (!mayDefer || _isSending || _hasFailed || _isComplete || _bytes.Count is 0 or > MostDeferred) return false;
        if (!_isScheduled)
        {
            if (!(tryDefer is null ? SocketPoller.TryDefer(this) : tryDefer(this))) return false;
            _isScheduled = true;
            _together = 1;
        }

        _deferred = _bytes.Count;
        return true;
    }

    /// <returns>Whether the bytes will be sent without the flush.</returns>
    private bool TryGather()
    {
        if (!_isGathering || _hasFailed || _isComplete || _bytes.HasBorrowed || _bytes.Count is 0 or > MostGathered) return false;
        _together++;
        if (_isScheduled || _isSending) return true;
        if (_lonely >= LonelyCalls && ++_direct % FlushesPerTrial != 0) return false;
        _together = 1;
        Schedule();
        return true;
    }

    private void Schedule()
    {
        if (_isScheduled) return;
        _isScheduled = true;
        if (later is null) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else later(this);
    }

    /// <returns>Whether nothing is left to be sent.</returns>
    private bool TrySend()
    {
        try
        {
            if (!_bytes.TrySend(connection.Socket)) return false;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Fail();
        }

        _bytes.Drop();
        _deferred = 0;
        return true;
    }

    /// <summary>The end of a flush whose bytes others send, or none yet.</summary>
    private FlushResult Cancel()
    {
        lock (_lock)
        {
            // The lender counts on this flush all the same.
            if (_bytes.HasBorrowed) _bytes.CopyBorrowed();
        }

        return new FlushResult(isCanceled: true, isCompleted: false);
    }

    private void Fail()
    {
        _hasFailed = true;
        connection.OnClosed();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> FlushWaitingAsync(CancellationToken cancellationToken)
    {
        var isSent = false;
        var registration = cancellationToken.UnsafeRegister(static self => ((SocketPipeWriter)self!).Wake(), this);
        try
        {
            while (true)
            {
                // After each try, which takes the signal of whoever cancels along with that of the poller; what is said later is a signal of its own.
                if (Interlocked.Exchange(ref _isCanceled, 0) != 0) return new FlushResult(isCanceled: true, isCompleted: false);
                cancellationToken.ThrowIfCancellationRequested();
                var waiting = connection.Socket.WaitToSendAsync();
                if (!waiting.IsCompletedSuccessfully) await waiting.ConfigureAwait(false);
                lock (_lock) isSent = TryEndSending();
                if (isSent) return new FlushResult(isCanceled: false, isCompleted: _hasFailed);
            }
        }
        finally
        {
            registration.Unregister();
            if (!isSent)
            {
                lock (_lock) EndSending();
            }

            Stir();
        }
    }

    /// <summary>Sends what is left after the flushes that wrote it are over.</summary>
    private async Task SendRestAsync()
    {
        try
        {
            var isSent = false;
            while (!isSent)
            {
                await connection.Socket.WaitToSendAsync().ConfigureAwait(false);
                lock (_lock) isSent = TryEndSending();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            lock (_lock)
            {
                Fail();
                _bytes.Drop();
                EndSending();
            }
        }

        Stir();
    }

    /// <summary>Waits for whoever sends what is left, which the bytes of this flush go out with.</summary>
    private async ValueTask<FlushResult> JoinAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static self => ((SocketPipeWriter)self!).Stir(), this);
        while (IsSending(out var stirred))
        {
            if (Interlocked.Exchange(ref _isCanceled, 0) != 0) return Cancel();
            if (cancellationToken.IsCancellationRequested)
            {
                Cancel();
                throw new OperationCanceledException(cancellationToken);
            }

            await stirred.ConfigureAwait(false);
        }

        return new FlushResult(isCanceled: false, isCompleted: Volatile.Read(ref _hasFailed));
    }

    /// <summary>Sends what goes. Who finds nothing left has sent for the last time: what a flush adds from then on sees that nobody waits any more.</summary>
    private bool TryEndSending()
    {
        if (!TrySend()) return false;
        EndSending();
        return true;
    }

    private void EndSending()
    {
        _isSending = false;
        // The lender counts on this flush; what is left goes with a later one, or, where earlier flushes may have promised some of it, by itself.
        if (_bytes.HasBorrowed) _bytes.CopyBorrowed();
        if (_isComplete) _bytes.Drop();
        else if (_isGathering && _bytes.Count > 0) Schedule();
    }

    /// <summary>Those who wait look again.</summary>
    private void Wake()
    {
        connection.Socket.WakeSender();
        Stir();
    }

    private void Stir()
    {
        TaskCompletionSource? stirred;
        lock (_lock)
        {
            stirred = _stirred;
            _stirred = null;
        }

        stirred?.TrySetResult();
    }

    /// <summary>Whether somebody waits to send.</summary>
    /// <param name="stirred">Ends when that may have changed.</param>
    private bool IsSending(out Task stirred)
    {
        lock (_lock)
        {
            stirred = Task.CompletedTask;
            if (_isSending) stirred = (_stirred ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            return _isSending;
        }
    }
}
