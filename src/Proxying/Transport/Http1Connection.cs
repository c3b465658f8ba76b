using System.Net.Sockets;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Polling;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>One connection to a destination: its socket, its buffers, and what becomes of it.</summary>
/// <remarks>
/// <para>Serves one exchange at a time (see the other part of this class). Whoever takes it from the pool owns it until <see cref="EndResponse"/> gives it back or
/// <see cref="Close"/> ends it.</para>
/// <para>The receive that waits for an answer is started <b>before</b> the request is sent (<see cref="TryArm"/>). A receive always asks the kernel first, so one that does
/// not complete at once proves that nothing, neither bytes nor an end, has come in since the last answer: what comes after it comes after the request. That costs nothing,
/// because the receive started after sending would have found nothing either and waited all the same.</para>
/// <para>Cancellation closes the socket, which ends pending operations; so no operation has to register with a token. A buffer is given back only after an orderly end.</para>
/// </remarks>
internal sealed partial class Http1Connection
{
    private readonly ConnectionPool _pool;
    private readonly Socket? _socket;
    private readonly PolledSocket? _polled;
    private readonly Stream? _stream;
    private readonly long _made;
    private readonly double _jitter;
    private int _closed;
    private Exception? _abortReason;
    private ValueTask<int> _armed;
    private int _keepAliveSeconds = -1;

    /// <summary>Received bytes. A field, for it is a mutable struct.</summary>
    public ReceiveBuffer Input;

    public Http1Connection(ConnectionPool pool, in OpenedConnection opened, long made, double jitter)
    {
        _pool = pool;
        _socket = opened.Socket;
        _polled = opened.Polled;
        _stream = opened.Stream;
        _made = made;
        _jitter = jitter;
        Input = new ReceiveBuffer(pool.Arrays);
        _parser = new ResponseHeadParser(pool.Options.ResponseHeadMaxBytes, pool.Options.ResponseHeadMaxFields);
    }

#pragma warning disable MA0055, CA1816 // A response that nobody disposes of takes its connection along, and only a finalizer can tell; the place in the pool must not be lost.
    ~Http1Connection()
    {
        if (_closed != 0) return;
        // The poller knows it, so it is whole still.
        _polled?.Dispose();
        _pool.ReleasePlace();
    }

    /// <summary>When it was last given back.</summary>
    public long IdleSince { get; set; }

    /// <summary>It has served an exchange before.</summary>
    public bool IsReused { get; private set; }

    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Why it was closed from outside of the exchange; <see langword="null"/>: it was not.</summary>
    public Exception? AbortReason => Volatile.Read(ref _abortReason);

    /// <summary>Starts the receive for the next answer.</summary>
    /// <returns>Whether the connection is silent, as it has to be. If not, close it; nothing was sent on it.</returns>
    public bool TryArm()
    {
        try
        {
            var target = Input.Prepare();
            var receiving = _polled is { } polled ? polled.ReceiveAsync(target, asksAlways: true) : ReceiveAsync(target);
            if (!receiving.IsCompleted)
            {
                _armed = receiving;
                return true;
            }

            // Bytes that nobody asked for, or the end.
            _ = receiving.Result;
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // Broken while idle: the same as ended.
        }

        Input.Return();
        return false;
    }

    /// <summary>Whether it has been idle for too long, or is too old.</summary>
    public bool IsExpired(long now)
    {
        var limit = _pool.Options.PooledConnectionIdleTimeout * (1 - (_jitter / 10));
        // The destination closes at its own limit: a request sent in its last second might be lost.
        if (_keepAliveSeconds >= 0) limit = TimeSpan.FromSeconds(Math.Min(limit.TotalSeconds, Math.Max(0.5, _keepAliveSeconds - 1)));
        return _pool.Time.GetElapsedTime(IdleSince, now) >= limit || IsTooOld(now);
    }

    /// <summary>Whether it is too old for another request.</summary>
    public bool IsTooOld(long now)
    {
        var lifetime = _pool.Options.PooledConnectionLifetime;
        return lifetime != Timeout.InfiniteTimeSpan && _pool.Time.GetElapsedTime(_made, now) >= lifetime * (1 - (_jitter / 10));
    }

    /// <summary>Whether the other side has closed it or sent something while it was idle. Costs a system call.</summary>
    public bool HasBeenTouched()
    {
        try
        {
            return _socket is not null && _socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>Receives what is there, or waits.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> target) =>
        _polled is { } polled ? polled.ReceiveAsync(target) : _stream is { } stream ? stream.ReadAsync(target) : _socket!.ReceiveAsync(target, SocketFlags.None);

    /// <summary>Sends all of it.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> data)
    {
        _hasSent = true;
        if (_polled is { } polled) return polled.SendAsync(data);
        if (_stream is { } stream) return stream.WriteAsync(data);
        var sending = _socket!.SendAsync(data, SocketFlags.None);
        if (!sending.IsCompletedSuccessfully) return AwaitSendAsync(sending, data);
        var sent = sending.Result;
        return sent == data.Length ? default : AwaitSendAsync(new ValueTask<int>(sent), data);
    }

    /// <summary>Says to the other side that nothing more will be sent, and goes on receiving.</summary>
    public async ValueTask CompleteWritesAsync()
    {
        if (_stream is System.Net.Security.SslStream tls) await tls.ShutdownAsync().ConfigureAwait(false);
        _socket?.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Closes it and keeps the reason for whoever waits on it. The first reason holds.</summary>
    public void Abort(Exception reason)
    {
        Interlocked.CompareExchange(ref _abortReason, reason, null);
        Close();
    }

    /// <summary>Closes it at once and frees its place. May be called from anywhere, and often.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        GC.SuppressFinalize(this);
        if (_isRegistered) _registration.Unregister();
        if (_polled is { } polled) polled.Dispose();
        else _socket?.Dispose();
        _stream?.Dispose();
        StopUpload();
        _pool.ReleasePlace();
    }
#pragma warning restore MA0055, CA1816

    private async ValueTask AwaitSendAsync(ValueTask<int> sending, ReadOnlyMemory<byte> data)
    {
        while (true)
        {
            var sent = await sending.ConfigureAwait(false);
            data = data[sent..];
            if (data.IsEmpty) return;
            sending = _socket!.SendAsync(data, SocketFlags.None);
        }
    }
}
