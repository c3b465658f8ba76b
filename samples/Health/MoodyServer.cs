using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Samples.Health;

/// <summary>The least that can be called a web server, on good days. On others its health page says so, or it hangs up on everybody.</summary>
internal sealed class MoodyServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _name;

    public MoodyServer(string name)
    {
        _name = name;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}/";

    /// <summary>What its health page says.</summary>
    public volatile bool IsWell = true;

    /// <summary>It hangs up instead of answering.</summary>
    public volatile bool HangsUp;

    public void Dispose() => _listener.Dispose();

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
            var request = await reader.ReadLineAsync();
            while (!string.IsNullOrEmpty(await reader.ReadLineAsync())) continue;
            if (HangsUp) return;
            var isIll = !IsWell && request?.StartsWith("GET /health ", StringComparison.Ordinal) == true;
            var answer = $"HTTP/1.1 {(isIll ? "500 Internal Server Error" : "200 OK")}\r\nConnection: close\r\nContent-Length: {_name.Length}\r\n\r\n{_name}";
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
        }
    }
}
