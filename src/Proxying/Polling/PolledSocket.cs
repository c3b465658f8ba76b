using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Net2Secure.Routing.Proxying.Polling;

/// <summary>A connected TCP socket that asks the kernel only when there is something to be had.</summary>
/// <remarks>
/// <para>The runtime's sockets try each receive first and wait when there was nothing: a system call for nothing in every exchange. Here a receive that got less than it had room
/// for has emptied the socket (epoll(7)), and the next one waits for an event. A byte sent as urgent can hide what comes behind it until more comes; that is the sender's own loss.</para>
/// <para>One receive and one send at a time, each beside the other. <see cref="Dispose"/> may be called from anywhere, and often; it ends what waits. No operation keeps the
/// caller's memory after it has ended.</para>
/// </remarks>
internal sealed class PolledSocket : IReadinessWaiter, IValueTaskSource<int>, IDisposable
{
    /// <summary>So much is received in one go before other sockets of the thread have their turn.</summary>
    private const int MostInOneGo = 1024 * 1024;

    private const uint WatchedAlways = Epoll.Readable | Epoll.PeerEnded | Epoll.EdgeTriggered;

    private readonly SocketPoller _poller;
    private readonly IPeerWatcher? _watcher;
    private readonly long _id;
    private Readiness _toReceive;
    private Readiness _toSend;
    private ManualResetValueTaskSourceCore<int> _receiving;
    private Memory<byte> _target;
    private SendWait? _sendWait;
    private uint _watched;
    private int _inOneGo;
    private bool _mayHoldMore;
    private volatile bool _hasEnded;
    private int _isDisposed;

    public PolledSocket(Socket socket, SocketPoller poller, IPeerWatcher? watcher, bool isConnecting)
    {
        Socket = socket;
        _poller = poller;
        _watcher = watcher;
        _watched = isConnecting ? WatchedAlways | Epoll.Writable : WatchedAlways;
        _id = poller.Watch(this, _watched);
    }

    /// <summary>The socket itself, for its options and its end; never to receive or send by.</summary>
    public Socket Socket { get; }

    /// <summary>Whether a receive would ask the kernel.</summary>
    public bool MayReceive => _mayHoldMore || _hasEnded || _toReceive.IsSignalled;

    /// <summary>Receives what is there.</summary>
    /// <param name="target">Where to; not empty.</param>
    /// <param name="received">Bytes; 0: the other side has ended.</param>
    /// <returns><see langword="false"/>: nothing is there.</returns>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public bool TryReceive(Span<byte> target, out int received)
    {
        received = 0;
        var isTold = _toReceive.TryTake();
        return (isTold || _mayHoldMore || _hasEnded) && TryReceiveNow(target, out received);
    }

    /// <summary>Asks the kernel, whatever is known.</summary>
    public bool TryReceiveNow(Span<byte> target, out int received)
    {
        if (_inOneGo >= MostInOneGo)
        {
            _inOneGo = 0;
            _mayHoldMore = false;
            received = 0;
            _poller.WatchAnew(this, _id, _watched);
            return false;
        }

        received = Socket.Receive(target, SocketFlags.None, out var error);
        if (error == SocketError.Success)
        {
            _inOneGo += received;
            // The end was told once; it is found again by asking.
            _mayHoldMore = received == target.Length;
            return true;
        }

        _inOneGo = 0;
        _mayHoldMore = false;
        return error is SocketError.WouldBlock or SocketError.TryAgain ? false : throw new SocketException((int)error);
    }

    /// <summary>Calls when there is something to receive.</summary>
    /// <returns><see langword="false"/>: there may be already.</returns>
    public bool TryAwaitReceive(IReadinessWaiter waiter)
    {
        _inOneGo = 0;
        return _toReceive.TryAwait(waiter);
    }

    /// <summary>Calls whoever waits to receive, ready or not.</summary>
    public void WakeReceiver() => Dispatch(_toReceive.Signal());

    /// <summary>Calls whoever waits to send, ready or not.</summary>
    public void WakeSender() => Dispatch(_toSend.Signal());

    /// <summary>Receives what is there, or waits.</summary>
    /// <param name="target">Where to; not empty.</param>
    /// <param name="asksAlways">Asks the kernel first, so that a receive that waits proves that nothing was there.</param>
    public ValueTask<int> ReceiveAsync(Memory<byte> target, bool asksAlways = false)
    {
        if (asksAlways) _inOneGo = 0;
        if (asksAlways ? TryReceiveNow(target.Span, out var received) : TryReceive(target.Span, out received)) return new ValueTask<int>(received);
        _target = target;
        _receiving.Reset();
        var version = _receiving.Version;
        while (!TryAwaitReceive(this))
        {
            if (!TryReceive(target.Span, out received)) continue;
            _target = default;
            return new ValueTask<int>(received);
        }

        return new ValueTask<int>(this, version);
    }

    /// <summary>Sends as much as goes at once.</summary>
    /// <returns>Bytes sent; 0: none for now.</returns>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public int TrySend(ReadOnlySpan<byte> data)
    {
        _toSend.TryTake();
        return Sent(Socket.Send(data, SocketFlags.None, out var error), error);
    }

    /// <summary>The same for what lies in several places.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="mostAtOnce">How many of them make a message, if the system can be given several with one call.</param>
    public int TrySend(List<ArraySegment<byte>> data, int mostAtOnce)
    {
        _toSend.TryTake();
        var count = VectoredSend.TrySend(Socket.SafeHandle, data, mostAtOnce);
        return count > 0 ? count : Sent(Socket.Send(data, SocketFlags.None, out var error), error);
    }

    /// <summary>Sends all of it.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> data)
    {
        var sent = TrySend(data.Span);
        return sent == data.Length ? default : SendRestAsync(data[sent..]);
    }

    /// <summary>Waits until there is room to send, or <see cref="WakeSender"/>.</summary>
    public ValueTask WaitToSendAsync()
    {
        if ((_watched & Epoll.Writable) == 0)
        {
            _watched |= Epoll.Writable;
            _poller.WatchAnew(this, _id, _watched);
        }

        return (_sendWait ??= new SendWait()).WaitAsync(ref _toSend);
    }

    /// <summary>What the poller has seen.</summary>
    public void OnEvents(uint events)
    {
        var hasBroken = (events & (Epoll.HungUp | Epoll.Broken)) != 0;
        var hasEnded = hasBroken || (events & Epoll.PeerEnded) != 0;
        if (hasEnded) _hasEnded = true;
        if (hasBroken || (events & Epoll.Writable) != 0) _toSend.Signal()?.OnReady();
        if (!hasEnded && (events & Epoll.Readable) == 0) return;
        if (_toReceive.Signal() is { } receiver) receiver.OnReady();
        else if (hasEnded && _watcher is not null && (hasBroken || HasNothingLeft())) _watcher.OnPeerEnded(hasBroken);
    }

    /// <summary>Closes it with a reset: nobody takes what was sent for all there was.</summary>
    public void Reset() => Close(isReset: true);

    public void Dispose() => Close(isReset: false);

    void IReadinessWaiter.OnReady()
    {
        int received;
        try
        {
            while (!TryReceive(_target.Span, out received))
            {
                if (TryAwaitReceive(this)) return;
            }
        }
        catch (Exception e)
        {
            _target = default;
            _receiving.SetException(e);
            return;
        }

        _target = default;
        _receiving.SetResult(received);
    }

    int IValueTaskSource<int>.GetResult(short token) => _receiving.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _receiving.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _receiving.OnCompleted(continuation, state, token, flags);

    private void Close(bool isReset)
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _poller.Forget(_id);
        if (isReset) Socket.Close(0);
        else Socket.Dispose();
        _hasEnded = true;
        WakeReceiver();
        WakeSender();
    }

    /// <summary>Somebody else's thread is not the place to go on with what waited.</summary>
    private static void Dispatch(IReadinessWaiter? waiter)
    {
        if (waiter is not null) ThreadPool.UnsafeQueueUserWorkItem(static waiter => waiter.OnReady(), waiter, preferLocal: false);
    }

    private static int Sent(int sent, SocketError error) => error switch
    {
        SocketError.Success => sent,
        SocketError.WouldBlock or SocketError.TryAgain => 0,
        _ => throw new SocketException((int)error),
    };

    private bool HasNothingLeft()
    {
        try
        {
            Span<byte> one = stackalloc byte[1];
            return Socket.Receive(one, SocketFlags.Peek, out var error) == 0 && error == SocketError.Success;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> data)
    {
        while (true)
        {
            await WaitToSendAsync().ConfigureAwait(false);
            data = data[TrySend(data.Span)..];
            if (data.IsEmpty) return;
        }
    }

    private sealed class SendWait : IReadinessWaiter, IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _waiting;

        public ValueTask WaitAsync(ref Readiness readiness)
        {
            _waiting.Reset();
            var version = _waiting.Version;
            return readiness.TryAwait(this) ? new ValueTask(this, version) : default;
        }

        public void OnReady() => _waiting.SetResult(true);

        public void GetResult(short token) => _waiting.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _waiting.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _waiting.OnCompleted(continuation, state, token, flags);
    }
}
