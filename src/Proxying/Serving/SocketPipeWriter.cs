using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>What a client is sent, by the flush itself: no pipe and no loop between the server and the socket.</summary>
/// <remarks>
/// <para>A flush ends when the kernel has taken all bytes, so a client that does not read holds the server back after what the kernel keeps for it. The server's own limits
/// (least rate of responses) see to clients that never read.</para>
/// <para>One writer at a time, as with any pipe; <see cref="CancelPendingFlush"/>, completion and the end of the connection may come from anywhere. What a cancelled flush has not sent
/// goes with the next one.</para>
/// </remarks>
internal sealed class SocketPipeWriter(PolledConnection connection, MemoryPool<byte> memory) : PipeWriter, ILendingOutput
{
    private readonly Lock _lock = new();
    private readonly List<ArraySegment<byte>> _parts = [];
    private List<IMemoryOwner<byte>>? _full;
    private IMemoryOwner<byte>? _block;
    private Memory<byte> _room;
    private int _start;
    private int _end;
    private long _unsent;
    private ArraySegment<byte> _loan;
    private int _borrower;
    private bool _isBorrowed;
    private bool _hasBorrowed;
    private bool _isHandedOut;
    private bool _isFlushing;
    private bool _isComplete;
    private bool _hasFailed;
    private int _isCanceled;
    private TaskCompletionSource? _drained;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unsent;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_borrower != 0 && _borrower == Environment.CurrentManagedThreadId && sizeHint <= _loan.Count)
        {
            _isBorrowed = true;
            return _loan;
        }

        _isBorrowed = false;
        if (_isComplete) throw new InvalidOperationException("Writing is over: the writer was completed.");
        if (_room.Length - _end < Math.Max(sizeHint, 1)) Renew(sizeHint);
        _isHandedOut = true;
        return _room[_end..];
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (_isBorrowed)
        {
            TakeLoan(bytes);
            return;
        }

        if ((uint)bytes > (uint)(_room.Length - _end)) throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "More than there was room for.");
        _end += bytes;
        _unsent += bytes;
        _isHandedOut = false;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _isCanceled) != 0 && Interlocked.Exchange(ref _isCanceled, 0) != 0) return new(new FlushResult(isCanceled: true, isCompleted: false));
        if (TrySend()) return new(new FlushResult(isCanceled: false, isCompleted: _hasFailed));
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
            // What has been written is sent; a flush that waits goes on and is waited for (DrainAsync).
            if (!_isFlushing && _unsent > 0 && exception is null) TrySendLocked();
            if (!_isFlushing) Drop();
        }
    }

    public void Lend(ReadOnlyMemory<byte> bytes)
    {
        // Memory of other kinds is not lent, and the lender finds that it was not.
        if (MemoryMarshal.TryGetArray(bytes, out _loan)) _borrower = Environment.CurrentManagedThreadId;
    }

    public void EndLoan()
    {
        _borrower = 0;
        if (!_isBorrowed) _loan = default;
    }

    /// <summary>Waits for a flush that waits.</summary>
    public Task DrainAsync()
    {
        lock (_lock)
        {
            if (!_isFlushing) return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    private void Wake() => connection.Socket.WakeSender();

    private void Renew(int sizeHint)
    {
        CloseRange();
        KeepBlock();
        _block = sizeHint <= memory.MaxBufferSize ? memory.Rent(sizeHint) : MemoryPool<byte>.Shared.Rent(sizeHint);
        _room = _block.Memory;
    }

    private void TakeLoan(int bytes)
    {
        if ((uint)bytes > (uint)_loan.Count) throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "More than was lent.");
        CloseRange();
        if (bytes > 0) _parts.Add(_loan[..bytes]);
        _unsent += bytes;
        _hasBorrowed = true;
        _isBorrowed = false;
        _loan = default;
    }

    /// <summary>Puts what was written to the block since the last time into the row of what is to be sent.</summary>
    private void CloseRange()
    {
        if (_end == _start) return;
        MemoryMarshal.TryGetArray<byte>(_room[_start.._end], out var part);
        _parts.Add(part);
        _start = _end;
    }

    private void KeepBlock()
    {
        if (_block is not null) (_full ??= []).Add(_block);
        _block = null;
        _room = default;
        _start = _end = 0;
    }

    /// <returns>Whether nothing is left to be sent.</returns>
    private bool TrySend()
    {
        lock (_lock) return TrySendLocked();
    }

    private bool TrySendLocked()
    {
        try
        {
            while (_unsent > 0)
            {
                int sent;
                if (_parts.Count == 0) sent = connection.Socket.TrySend(_room.Span[_start.._end]);
                else
                {
                    CloseRange();
                    sent = _parts.Count == 1 ? connection.Socket.TrySend(_parts[0]) : connection.Socket.TrySend(_parts);
                }

                if (sent == 0) return false;
                Take(sent);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _hasFailed = true;
            connection.OnClosed();
        }

        Drop();
        return true;
    }

    private void Take(int sent)
    {
        _unsent -= sent;
        if (_unsent == 0) return;
        if (_parts.Count == 0)
        {
            _start += sent;
            return;
        }

        var done = 0;
        for (; done < _parts.Count && sent >= _parts[done].Count; done++) sent -= _parts[done].Count;
        _parts.RemoveRange(0, done);
        if (sent > 0) _parts[0] = _parts[0][sent..];
    }

    /// <summary>Gives memory back; but not a block of which somebody may still be filling a part.</summary>
    private void Drop()
    {
        _unsent = 0;
        _hasBorrowed = false;
        if (_isHandedOut) _start = _end;
        else
        {
            _start = _end = 0;
            _room = default;
            _block?.Dispose();
            _block = null;
        }

        if (_parts.Count > 0) _parts.Clear();
        if (_full is null) return;
        foreach (var block in _full) block.Dispose();
        _full = null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> FlushWaitingAsync(CancellationToken cancellationToken)
    {
        lock (_lock) _isFlushing = true;
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
                if (TrySend()) return new FlushResult(isCanceled: false, isCompleted: _hasFailed);
            }
        }
        finally
        {
            registration.Unregister();
            EndFlush();
        }
    }

    private void EndFlush()
    {
        TaskCompletionSource? drained;
        lock (_lock)
        {
            _isFlushing = false;
            // The lender counts on this flush; what is left goes with a later one.
            if (_hasBorrowed) CopyBorrowed();
            if (_isComplete) Drop();
            drained = _drained;
        }

        drained?.TrySetResult();
    }

    private void CopyBorrowed()
    {
        CloseRange();
        for (var i = 0; i < _parts.Count; i++) _parts[i] = _parts[i].ToArray();
        _hasBorrowed = false;
    }
}
