using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Samples.Resilience;

/// <summary>The least that can be called a web server. It takes what comes, answers when it is told to, and can die before.</summary>
internal sealed class MortalServer : IDisposable
{
    private readonly string _name;
    private readonly SemaphoreSlim _arrived;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _answering = new();
    private readonly ConcurrentBag<TcpClient> _connections = [];

    /// <summary>Each request that arrives releases <paramref name="arrived"/>.</summary>
    public MortalServer(string name, SemaphoreSlim arrived)
    {
        (_name, _arrived) = (name, arrived);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}/";

    public void Answer() => _answering.SetResult();

    /// <summary>As if the process were killed: nobody listens any more, and all connections end.</summary>
    public void Die()
    {
        _listener.Stop();
        foreach (var connection in _connections) connection.Close();
    }

    public void Dispose() => Die();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync();
                _connections.Add(connection);
                _ = ServeAsync(connection);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Dead, or the sample is over.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII);
            var length = 0;
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
            {
                if (line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)) length = int.Parse(line[16..], CultureInfo.InvariantCulture);
            }

            if (length > 0) await reader.ReadBlockAsync(new char[length]);
            _arrived.Release();
            await _answering.Task;
            var answer = $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {_name.Length}\r\n\r\n{_name}";
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
        }
    }
}
