using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.ConsoleHost.Tests;

/// <summary>A server that answers 200 with "ok" to every request, after a gate has been opened.</summary>
internal sealed class GatedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;

    public GatedServer(bool open = true)
    {
        if (open) _gate.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}/";

    /// <summary>Completes when the first request is there.</summary>
    public Task Asked => _asked.Task;

    public void Open() => _gate.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var client = connection;
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        try
        {
            while (await reader.ReadLineAsync(_stop.Token) is not null)
            {
                while (!string.IsNullOrEmpty(await reader.ReadLineAsync(_stop.Token))) continue;
                _asked.TrySetResult();
                await _gate.Task.WaitAsync(_stop.Token);
                await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The test is over, or the proxy has hung up.
        }
    }
}
