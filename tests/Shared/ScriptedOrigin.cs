using System.Net;
using System.Net.Sockets;

namespace Net2Secure.Routing.Testing;

/// <summary>A server on a loopback socket that does to each connection what the test says. Text is Latin-1: one character, one byte.</summary>
internal sealed class ScriptedOrigin : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<RawConnection, Task> _script;
    private readonly List<Task> _running = [];
    private readonly List<RawConnection> _connections = [];
    private readonly Task _accepting;

    public ScriptedOrigin(Func<RawConnection, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Answers every request on every connection alike.</summary>
    public static ScriptedOrigin Answering(string response) => new(async connection =>
    {
        while (await connection.TryReadHeadAsync() is not null) await connection.SendAsync(response);
    });

    /// <summary>Reads one request head, answers, and ends the connection.</summary>
    public static ScriptedOrigin AnsweringOnce(string response) => new(async connection =>
    {
        await connection.ReadHeadAsync();
        await connection.SendAsync(response);
        await connection.FinishAsync();
    });

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public int Connections
    {
        get
        {
            lock (_connections) return _connections.Count;
        }
    }

    /// <summary>A connection, in the order in which they came. Waits for it: a client is connected a moment before its connection is accepted.</summary>
    public RawConnection this[int index]
    {
        get
        {
            lock (_connections)
            {
                while (_connections.Count <= index)
                {
                    if (!Monitor.Wait(_connections, s_patience)) throw new TimeoutException($"There were only {_connections.Count} connections.");
                }

                return _connections[index];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        RawConnection[] open;
        lock (_connections) open = [.. _connections];
        foreach (var connection in open) connection.Dispose();
        await _accepting;
        try
        {
            await Task.WhenAll(_running).WaitAsync(TimeSpan.FromSeconds(2));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or OperationCanceledException or TimeoutException)
        {
            // The script was still running when its test was over.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new RawConnection(await _listener.AcceptSocketAsync());
                lock (_connections)
                {
                    _connections.Add(connection);
                    Monitor.PulseAll(_connections);
                }

                _running.Add(Task.Run(() => _script(connection)));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }
}
