using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Samples.Discovery;

/// <summary>The least that can be called a web server: it answers each connection's request with its name and hangs up.</summary>
internal sealed class SmallServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _name;

    public SmallServer(string name)
    {
        _name = name;
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://{_listener.LocalEndpoint}/";

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII);
                while (!string.IsNullOrEmpty(await reader.ReadLineAsync())) continue;
                await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {_name.Length}\r\n\r\n{_name}"));
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The sample is over.
        }
    }
}
