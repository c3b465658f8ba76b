using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Integration.Health;

/// <summary>How a backend behaves.</summary>
internal enum Behaviour
{
    Answering,

    /// <summary>Reads the request and resets the connection.</summary>
    Resetting,

    /// <summary>Reads requests and answers none.</summary>
    Frozen,

    /// <summary>Answers 500.</summary>
    Erring,

    /// <summary>Answers 503 to three requests in ten.</summary>
    ErringSometimes,

    /// <summary>Ends the connection in the middle of the body.</summary>
    Cutting,

    /// <summary>Answers after half a second.</summary>
    Slow,
}

/// <summary>A backend on a real socket that a test kills, freezes and brings back on the same port.</summary>
internal sealed class FaultyBackend : IAsyncDisposable
{
    private static readonly byte[] Ok = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    private static readonly byte[] Unavailable = Encoding.ASCII.GetBytes("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    private static readonly byte[] Error = Encoding.ASCII.GetBytes("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
    private static readonly byte[] Half = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok");

    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private readonly IPEndPoint _endpoint;
    private Socket? _listener;
    private int _requests;
    private int _posts;

    public FaultyBackend()
    {
        _endpoint = Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Uri = new Uri($"http://{_endpoint}/");
    }

    public Uri Uri { get; }

    public Behaviour Behaviour { get; set; }

    /// <summary>Requests that have come.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Those of them that are a POST.</summary>
    public int Posts => Volatile.Read(ref _posts);

    /// <summary>Ends as a process does that is killed: nobody listens, and all connections go.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
            foreach (var socket in _open)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }

            _open.Clear();
        }
    }

    /// <summary>Comes back on the same port.</summary>
    public void Revive() => Listen(_endpoint);

    public ValueTask DisposeAsync()
    {
        Kill();
        return ValueTask.CompletedTask;
    }

    private IPEndPoint Listen(IPEndPoint endpoint)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(endpoint);
        listener.Listen(512);
        lock (_lock) _listener = listener;
        _ = AcceptAsync(listener);
        return (IPEndPoint)listener.LocalEndPoint!;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync();
                socket.NoDelay = true;
                lock (_lock)
                {
                    if (_listener != listener)
                    {
                        socket.Dispose();
                        return;
                    }

                    _open.Add(socket);
                }

                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Killed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var buffer = new byte[8192];
        var filled = 0;
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(filled));
                if (received == 0) break;
                filled += received;
                int end;
                while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) >= 0)
                {
                    var isPost = buffer.AsSpan(0, filled).StartsWith("POST"u8);
                    buffer.AsSpan(end + 4, filled - end - 4).CopyTo(buffer);
                    filled -= end + 4;
                    if (!await AnswerAsync(socket, isPost)) return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Killed, or the proxy has had enough.
        }
        finally
        {
            lock (_lock) _open.Remove(socket);
            socket.Dispose();
        }
    }

    private async Task<bool> AnswerAsync(Socket socket, bool isPost)
    {
        var number = Interlocked.Increment(ref _requests);
        if (isPost) Interlocked.Increment(ref _posts);
        switch (Behaviour)
        {
            case Behaviour.Frozen:
                return true;
            case Behaviour.Resetting:
                socket.LingerState = new LingerOption(true, 0);
                return false;
            case Behaviour.Cutting:
                await socket.SendAsync(Half);
                return false;
            case Behaviour.Slow:
                await Task.Delay(500);
                break;
        }

        await socket.SendAsync(Behaviour switch
        {
            Behaviour.Erring => Error,
            Behaviour.ErringSometimes when number % 10 < 3 => Unavailable,
            _ => Ok,
        });
        return true;
    }
}
