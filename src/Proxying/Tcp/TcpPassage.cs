using System.Buffers;
using System.Net.Sockets;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>Moves bytes both ways between two connections until both directions have ended, one has failed, or nothing has moved for too long.</summary>
/// <remarks>
/// An end is passed on as an end: the other direction goes on (half-close, RFC 9293 §3.6). A reset is passed on as a reset. Who does not read is not read for; a side that is quiet holds no buffer.
/// </remarks>
internal sealed class TcpPassage : IDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly Socket _client;
    private readonly Socket _destination;
    private readonly TimeSpan _idleTimeout;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending;
    private readonly ITimer _timer;
    private long _lastMoved;
    private int _failed;

    public TcpPassage(Socket client, Socket destination, TimeSpan idleTimeout, TimeProvider time, CancellationToken stopping)
    {
        (_client, _destination, _idleTimeout, _time) = (client, destination, idleTimeout, time);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _lastMoved = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((TcpPassage)state!).OnTimer(), this, idleTimeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether it ended because nothing moved.</summary>
    public bool WasIdle { get; private set; }

    /// <summary>Whether one direction broke off, or was ended, before both had come to their end.</summary>
    public bool HasFailed => Volatile.Read(ref _failed) != 0;

    /// <summary>Bytes that went from the client to the destination, the first ones not among them.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes that went from the destination to the client.</summary>
    public long Sent { get; private set; }

    /// <param name="first">What goes to the destination before anything else.</param>
    public async Task RunAsync(ReadOnlyMemory<byte> first)
    {
        if (!first.IsEmpty)
        {
            try
            {
                await SendAsync(_destination, first).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                Fail(e);
                return;
            }
        }

        await Task.WhenAll(CopyAsync(_client, _destination, isUpload: true), CopyAsync(_destination, _client, isUpload: false)).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _ending.Dispose();
    }

    private async Task CopyAsync(Socket source, Socket target, bool isUpload)
    {
        try
        {
            while (true)
            {
                await source.ReceiveAsync(Memory<byte>.Empty, _ending.Token).ConfigureAwait(false);
                if (await MoveAsync(source, target, isUpload).ConfigureAwait(false)) continue;
                target.Shutdown(SocketShutdown.Send);
                return;
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Fail(e);
        }
    }

    private async ValueTask<bool> MoveAsync(Socket source, Socket target, bool isUpload)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var read = await source.ReceiveAsync(buffer.AsMemory(0, BufferSize), _ending.Token).ConfigureAwait(false);
            Touch();
            if (read == 0) return false;
            await SendAsync(target, buffer.AsMemory(0, read)).ConfigureAwait(false);
            if (isUpload) Received += read;
            else Sent += read;
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask SendAsync(Socket target, ReadOnlyMemory<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            octets = octets[await target.SendAsync(octets, _ending.Token).ConfigureAwait(false)..];
            Touch();
        }
    }

    private void Touch() => Volatile.Write(ref _lastMoved, _time.GetTimestamp());

    // One direction that has failed leaves nothing for the other to wait for.
    private void Fail(Exception reason)
    {
        if (Interlocked.Exchange(ref _failed, 1) != 0) return;
        if (reason is not ObjectDisposedException)
        {
            Reset(_client);
            Reset(_destination);
        }

        Cancel();
    }

    // Closed so, the other side learns that something was lost, and does not take what it has for everything.
    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }

    private void Cancel()
    {
        try
        {
            _ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended in the meantime.
        }
    }

    private void OnTimer()
    {
        var left = _idleTimeout - _time.GetElapsedTime(Volatile.Read(ref _lastMoved));
        if (left <= TimeSpan.Zero)
        {
            WasIdle = true;
            Cancel();
            return;
        }

        try
        {
            _timer.Change(left, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // It has ended in the meantime.
        }
    }
}
