using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>What a client sends, received when it is asked for: no pipe and no loop between the socket and the server.</summary>
/// <remarks>Holds memory only while it holds bytes. One read at a time, as with any pipe; <see cref="CancelPendingRead"/> and the end of the connection may come from anywhere.</remarks>
internal sealed class SocketPipeReader(PolledConnection connection, MemoryPool<byte> memory) : PipeReader, IReadinessWaiter, IValueTaskSource<ReadResult>, IPooledInput, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<ReadResult> _reading;
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private ReceivedSegment? _head;
    private ReceivedSegment? _tail;
    private ReceivedSegment? _spare;
    private int _start;
    private bool _isExamined = true;
    private bool _hasEnded;
    private bool _isComplete;
    private bool _usesPool;
    private int _isCanceled;
    private Exception? _failure;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ReadResult result = default;
        if (!_usesPool && TryRead(out result)) return new ValueTask<ReadResult>(result);
        _reading.Reset();
        var version = _reading.Version;
        _token = cancellationToken;
        if (cancellationToken.CanBeCanceled) _registration = cancellationToken.UnsafeRegister(static self => ((SocketPipeReader)self!).Wake(), this);
        if (_usesPool)
        {
            // Even what has come already: the thread that asks may be the one that must not block.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return new ValueTask<ReadResult>(this, version);
        }

        while (!TryAwait(cancellationToken))
        {
            if (!TryRead(out result) && !cancellationToken.IsCancellationRequested) continue;
            _registration.Unregister();
            cancellationToken.ThrowIfCancellationRequested();
            return new ValueTask<ReadResult>(result);
        }

        return new ValueTask<ReadResult>(this, version);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_isComplete) throw new InvalidOperationException("Reading is over: the reader was completed.");
        var isCanceled = Volatile.Read(ref _isCanceled) != 0 && Interlocked.Exchange(ref _isCanceled, 0) != 0;
        if (isCanceled || !_isExamined || _hasEnded || TryReceive())
        {
            result = new ReadResult(Unread, isCanceled, _hasEnded);
            return true;
        }

        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_head is null) return;
        var end = _tail!;
        _isExamined = examined.GetObject() == end && examined.GetInteger() == end.End;
        var first = (ReceivedSegment)consumed.GetObject()!;
        while (_head != first) Release(ref _head);
        _start = consumed.GetInteger();
        if (first == end && _start == end.End)
        {
            Release(ref _head);
            _tail = null;
            _isExamined = true;
        }
    }

    public override void CancelPendingRead()
    {
        Interlocked.Exchange(ref _isCanceled, 1);
        Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        if (_isComplete) return;
        _isComplete = true;
        while (_head is not null) Release(ref _head);
        _tail = _spare = null;
    }

    void IPooledInput.UsePool() => _usesPool = true;

    void IReadinessWaiter.OnReady()
    {
        if (_usesPool) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else GoOn();
    }

    void IThreadPoolWorkItem.Execute() => GoOn();

    private void GoOn()
    {
        ReadResult result;
        try
        {
            while (true)
            {
                var token = _token;
                token.ThrowIfCancellationRequested();
                if (TryRead(out result)) break;
                if (TryAwait(token)) return;
            }
        }
        catch (Exception e)
        {
            _registration.Unregister();
            _reading.SetException(e);
            return;
        }

        _registration.Unregister();
        _reading.SetResult(result);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _reading.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    private ReadOnlySequence<byte> Unread => _head is null ? default : new ReadOnlySequence<byte>(_head, _start, _tail!, _tail!.End);

    /// <summary>Waits to be called.</summary>
    /// <remarks>A try takes the signal of whoever cancels along with that of the poller, so what they have said is looked at once more when the wait has begun. Then only this may be done: the read may be over already.</remarks>
    private bool TryAwait(CancellationToken token)
    {
        if (!connection.Socket.TryAwaitReceive(this)) return false;
        if (Volatile.Read(ref _isCanceled) != 0 || token.IsCancellationRequested) Wake();
        return true;
    }

    private void Wake() => connection.Socket.WakeReceiver();

    /// <returns>Whether there is something new: bytes or the end.</returns>
    private bool TryReceive()
    {
        if (_failure is not null) throw _failure;
        if (!connection.Socket.MayReceive) return false;
        if (_tail is null || _tail.Free.IsEmpty) Append();
        try
        {
            if (!connection.Socket.TryReceive(_tail!.Free.Span, out var received))
            {
                ReleaseEmpty();
                return false;
            }

            if (received == 0)
            {
                _hasEnded = true;
                ReleaseEmpty();
                connection.OnClosed();
                return true;
            }

            _tail.Add(received);
            _isExamined = false;
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            ReleaseEmpty();
            _failure = connection.Explain(e);
            connection.OnClosed();
            throw _failure;
        }
    }

    private void Append()
    {
        var segment = _spare ?? new ReceivedSegment();
        _spare = null;
        segment.Begin(memory.Rent(), _tail);
        if (_tail is null)
        {
            _head = segment;
            _start = 0;
        }

        _tail = segment;
    }

    /// <summary>Memory for which nothing came is not kept.</summary>
    private void ReleaseEmpty()
    {
        if (_tail is not { End: 0 } empty || _head != empty) return;
        Release(ref _head);
        _tail = null;
    }

    private void Release(ref ReceivedSegment? segment)
    {
        var released = segment!;
        segment = released.NextSegment;
        released.Release();
        _spare = released;
    }
}
