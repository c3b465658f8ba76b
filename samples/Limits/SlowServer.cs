using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Samples.Limits;

/// <summary>The least that can be called a web server. It takes what comes, and answers when it is told to.</summary>
internal sealed class SlowServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _answering = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private int _present;

    public SlowServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}/";

    /// <summary>The most requests that were here at one time.</summary>
    public int Most { get; private set; }

    public void Answer() => _answering.SetResult();

    /// <summary>Waits until so many requests are here.</summary>
    public async Task ArriveAsync(int count)
    {
        for (var i = 0; i < count; i++) await _arrived.WaitAsync();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _arrived.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The sample is over.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII);
            while (!string.IsNullOrEmpty(await reader.ReadLineAsync())) continue;
            lock (_lock) Most = Math.Max(Most, ++_present);
            _arrived.Release();
            await _answering.Task;
            lock (_lock) _present--;
            await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nserved"u8.ToArray());
        }
    }
}
