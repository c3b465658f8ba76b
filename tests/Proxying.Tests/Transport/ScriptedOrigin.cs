using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

/// <summary>A server on a loopback socket that does to each connection what the test says. Text is Latin-1: one character, one byte.</summary>
internal sealed class ScriptedOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<OriginConnection, Task> _script;
    private readonly List<Task> _running = [];
    private readonly List<OriginConnection> _connections = [];
    private readonly Task _accepting;

    public ScriptedOrigin(Func<OriginConnection, Task> script)
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

    public OriginConnection this[int index]
    {
        get
        {
            lock (_connections) return _connections[index];
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        OriginConnection[] open;
        lock (_connections) open = [.. _connections];
        foreach (var connection in open) connection.Dispose();
        await _accepting;
        try
        {
            await Task.WhenAll(_running).WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or OperationCanceledException)
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
                var connection = new OriginConnection(await _listener.AcceptSocketAsync());
                lock (_connections) _connections.Add(connection);
                _running.Add(Task.Run(() => _script(connection)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}

/// <summary>One connection at the <see cref="ScriptedOrigin"/>.</summary>
internal sealed class OriginConnection(Socket socket) : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly StringBuilder _unread = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Socket Socket { get; } = socket;

    /// <summary>Bytes of each receive, as they came.</summary>
    public List<int> Receives { get; } = [];

    /// <summary>The client has ended the connection; set by <see cref="WaitForEndAsync"/> and failing reads.</summary>
    public Task Ended => _ended.Task;

    public async Task<string> ReadHeadAsync() => await TryReadHeadAsync() ?? throw new IOException("The client ended the connection.");

    public async Task<string?> TryReadHeadAsync()
    {
        while (true)
        {
            var text = _unread.ToString();
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                _unread.Remove(0, end + 4);
                return text[..(end + 4)];
            }

            if (!await ReceiveAsync()) return null;
        }
    }

    public async Task<string> ReadAsync(int count)
    {
        while (_unread.Length < count)
        {
            if (!await ReceiveAsync()) throw new IOException($"The client ended the connection after {_unread.Length} of {count} bytes.");
        }

        var text = _unread.ToString(0, count);
        _unread.Remove(0, count);
        return text;
    }

    public async Task<string> ReadUntilAsync(string marker)
    {
        while (true)
        {
            var text = _unread.ToString();
            var at = text.IndexOf(marker, StringComparison.Ordinal);
            if (at >= 0) return await ReadAsync(at + marker.Length);
            if (!await ReceiveAsync()) throw new IOException($"The client ended the connection before '{marker}': {text}");
        }
    }

    /// <summary>Everything up to the end of the connection, orderly or not.</summary>
    public async Task<string> WaitForEndAsync()
    {
        while (await ReceiveAsync())
        {
        }

        return _unread.ToString();
    }

    public async Task SendAsync(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var sent = 0; sent < bytes.Length;) sent += await Socket.SendAsync(bytes.AsMemory(sent));
    }

    public async Task FinishAsync()
    {
        Socket.Shutdown(SocketShutdown.Send);
        await WaitForEndAsync();
        Socket.Dispose();
    }

    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();

    private async Task<bool> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        using var timeout = new CancellationTokenSource(Bound);
        try
        {
            var read = await Socket.ReceiveAsync(buffer, timeout.Token);
            if (read > 0)
            {
                Receives.Add(read);
                _unread.Append(Encoding.Latin1.GetString(buffer, 0, read));
                return true;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset: an end as well.
        }

        _ended.TrySetResult();
        return false;
    }
}
