using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Resilience;

/// <summary>What a backend does with a request.</summary>
internal enum Manner
{
    Answers,
    ResetsAfterTheRequest,
    Freezes,
    Overloaded,
}

/// <summary>A backend of HTTP/1.1 that can die, freeze, reset and come back, and writes down the id of each request that it has read.</summary>
internal sealed class MortalBackend : IAsyncDisposable
{
    private readonly ConcurrentDictionary<RawConnection, Task> _connections = [];
    private readonly TaskCompletionSource _thaw = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket _listener;
    private Task _accepting;

    public MortalBackend()
    {
        _listener = Listen(0);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync(_listener);
    }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}/";

    public volatile Manner Manner;

    /// <summary>Method and id of each request that was read to its end.</summary>
    public ConcurrentQueue<string> Worked { get; } = [];

    /// <summary>Ends at once, as a process that is killed: connections are reset, new ones refused.</summary>
    public async Task KillAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var connection in _connections.Keys)
        {
            try
            {
                connection.Reset();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }

    public void ComeBack()
    {
        Manner = Manner.Answers;
        _listener = Listen(Port);
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        _thaw.TrySetResult();
        await KillAsync();
        await Task.WhenAll(_connections.Values);
    }

    private static Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(512);
        return listener;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var connection = new RawConnection(await listener.AcceptAsync());
                _connections[connection] = ServeAsync(connection);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Killed.
        }
    }

    private async Task ServeAsync(RawConnection connection)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                var request = await connection.ReadMessageAsync();
                Worked.Enqueue(request.StartLine.Split(' ')[0] + " " + request.StartLine.Split(' ')[1]);
                switch (Manner)
                {
                    case Manner.ResetsAfterTheRequest:
                        connection.Reset();
                        return;
                    case Manner.Freezes:
                        await _thaw.Task;
                        return;
                    case Manner.Overloaded:
                        await connection.SendAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
                        break;
                    default:
                        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                        break;
                }
            }
        }
        catch (Exception)
        {
            // Its other side is gone, or it was killed.
        }
        finally
        {
            connection.Dispose();
            _connections.TryRemove(connection, out _);
        }
    }
}
