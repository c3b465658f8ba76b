using System.Net;
using System.Net.Sockets;

namespace Net2Secure.Routing.Proxying.Polling;

/// <summary>The threads that sockets of this process are spread over, one for each processor.</summary>
internal sealed class SocketPollers
{
    private const int MaxPollers = 64;

    private static readonly Lazy<SocketPollers?> s_shared = new(Create);

    private readonly SocketPoller[] _pollers = [.. Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, MaxPollers)).Select(static number => new SocketPoller(number))];
    private uint _next;

    private SocketPollers()
    {
    }

    /// <summary>Those of the process, started when first asked for; <see langword="null"/>: this system has no epoll.</summary>
    public static SocketPollers? Shared => s_shared.Value;

    /// <summary>Takes over a socket that is connected. On failure it is closed.</summary>
    public PolledSocket Adopt(Socket socket, IPeerWatcher? watcher = null)
    {
        try
        {
            socket.Blocking = false;
            return new PolledSocket(socket, Next(), watcher, isConnecting: false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection.</summary>
    /// <exception cref="SocketException">It failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<PolledSocket> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        try
        {
            if (TryConnect(socket, endpoint)) return new PolledSocket(socket, Next(), watcher: null, isConnecting: false);
            var polled = new PolledSocket(socket, Next(), watcher: null, isConnecting: true);
            using (cancellationToken.UnsafeRegister(static polled => ((PolledSocket)polled!).Dispose(), polled))
            {
                await polled.WaitToSendAsync().ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            return error == SocketError.Success ? polled : throw new SocketException((int)error);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is ObjectDisposedException) cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private static bool TryConnect(Socket socket, IPEndPoint endpoint)
    {
        try
        {
            socket.Connect(endpoint);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            return false;
        }
    }

    /// <summary>The thread that asks, if it is one of them: what belongs to one request then stays on it. Else one after the other.</summary>
    private SocketPoller Next() => SocketPoller.Current ?? _pollers[Interlocked.Increment(ref _next) % (uint)_pollers.Length];

    private static SocketPollers? Create()
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            return new SocketPollers();
        }
        catch (Exception e) when (e is TypeLoadException or SocketException)
        {
            // A system that calls itself Linux and has none of it: the platform's sockets serve as well.
            return null;
        }
    }
}
