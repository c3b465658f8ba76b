using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Balancing.Tests;

/// <summary>A server on a port of its own that records request heads as they came and answers with bytes a test dictates.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _accepting;

    public LoopbackServer(string answer)
        : this((_, stream, token) => stream.WriteAsync(Encoding.Latin1.GetBytes(answer), token).AsTask())
    {
    }

    public LoopbackServer(Func<string, NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _accepting = AcceptAsync();
    }

    public string Address { get; }

    public List<string> Heads { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.WaitAsync(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or SocketException) // the listener says in one of two ways that it was stopped
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        var head = new StringBuilder();
        var one = new byte[1];
        try
        {
            while (await stream.ReadAsync(one, _stop.Token) > 0)
            {
                head.Append((char)one[0]);
                if (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n") continue;
                var text = head.ToString();
                lock (Heads) Heads.Add(text);
                head.Clear();
                await _answer(text, stream, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The client or the test is done.
        }
    }
}
