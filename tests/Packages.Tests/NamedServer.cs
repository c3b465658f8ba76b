using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Packages.Tests;

/// <summary>A server that answers with its name and what it was asked.</summary>
internal sealed class NamedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _name;
    private readonly Task _accepting;

    public NamedServer(string name)
    {
        _name = name;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}/";

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
            while (await reader.ReadLineAsync(_stop.Token) is { } request)
            {
                while (!string.IsNullOrEmpty(await reader.ReadLineAsync(_stop.Token))) continue;
                var answer = $"{_name} answers {request[..request.LastIndexOf(' ')]}";
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {answer.Length}\r\n\r\n{answer}"), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The test is over, or the client has hung up.
        }
    }
}
