using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>An HTTP/1.1 server that keeps every byte it gets and knows how many requests it is at work on.</summary>
internal sealed class RecordingOrigin : IAsyncDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, NetworkStream, CancellationToken, Task> _answer;
    private readonly List<StringBuilder> _received = [];
    private readonly Task _accepting;
    private int _working;
    private int _mostWorking;

    /// <param name="answer">Answers one request, given its head; by default 200.</param>
    public RecordingOrigin(Func<string, NetworkStream, CancellationToken, Task>? answer = null)
    {
        _answer = answer ?? ((_, stream, cancellation) => SendAsync(stream, Ok, cancellation));
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Requests being answered at this moment, on connections that are open.</summary>
    public int Working => Volatile.Read(ref _working);

    /// <summary>The most there ever were at once.</summary>
    public int MostWorking => Volatile.Read(ref _mostWorking);

    /// <summary>Every byte that came, connection by connection, one character each.</summary>
    public string Received() => string.Join("\n--\n", Connections());

    /// <summary>The same, a text for each connection.</summary>
    public IReadOnlyList<string> Connections()
    {
        lock (_received) return [.. _received.Select(r => r.ToString())];
    }

    public static Task SendAsync(NetworkStream stream, string text, CancellationToken cancellation) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellation).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync(_stop.Token);
                connection.NoDelay = true;
                _ = ServeAsync(connection);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var _ = connection;
        var log = new StringBuilder();
        lock (_received) _received.Add(log);
        var stream = connection.GetStream();
        try
        {
            while (await ReadRequestAsync(stream, log) is { } head) await AnswerAsync(head, connection);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The proxy went away.
        }
    }

    private async Task AnswerAsync(string head, TcpClient connection)
    {
        var now = Interlocked.Increment(ref _working);
        for (var most = MostWorking; now > most; most = MostWorking)
        {
            if (Interlocked.CompareExchange(ref _mostWorking, now, most) == most) break;
        }

        try
        {
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var answering = _answer(head, connection.GetStream(), gone.Token);
            var watching = WaitForEndAsync(connection.Client, gone.Token);
            if (await Task.WhenAny(answering, watching) == watching && !answering.IsCompleted) connection.Client.Close(0);
            await gone.CancelAsync();
            await answering;
        }
        finally
        {
            Interlocked.Decrement(ref _working);
        }
    }

    /// <summary>Ends when the other side has closed the connection: then it can be read, and there is nothing.</summary>
    private static async Task WaitForEndAsync(Socket socket, CancellationToken cancellation)
    {
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, cancellation);
            var peeked = new byte[1];
            while (await socket.ReceiveAsync(peeked, SocketFlags.Peek, cancellation) > 0) await Task.Delay(20, cancellation);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Asked no more, or reset.
        }
    }

    private async Task<string?> ReadRequestAsync(NetworkStream stream, StringBuilder log)
    {
        var head = new StringBuilder();
        while (!EndsWith(head, "\r\n\r\n"))
        {
            if (!await TakeAsync(stream, head, log)) return null;
        }

        var text = head.ToString();
        var body = new StringBuilder();
        if (Field(text, "Content-Length") is { } length)
        {
            for (var left = int.Parse(length, CultureInfo.InvariantCulture); left > 0; left--)
            {
                if (!await TakeAsync(stream, body, log)) return null;
            }
        }
        else if (Field(text, "Transfer-Encoding") is not null)
        {
            while (!IsLastChunk(body))
            {
                if (!await TakeAsync(stream, body, log)) return null;
            }
        }

        return text;
    }

    private async Task<bool> TakeAsync(NetworkStream stream, StringBuilder target, StringBuilder log)
    {
        var one = new byte[1];
        if (await stream.ReadAsync(one, _stop.Token) == 0) return false;
        target.Append((char)one[0]);
        lock (_received) log.Append((char)one[0]);
        return true;
    }

    // Bodies of these tests hold no line that is "0" and no empty one: the last chunk is the line 0, its trailers, and an empty line.
    private static bool IsLastChunk(StringBuilder body) =>
        EndsWith(body, "\r\n\r\n") && ("\r\n" + body).Contains("\r\n0\r\n", StringComparison.Ordinal);

    private static bool EndsWith(StringBuilder text, string end) => text.Length >= end.Length && text.ToString(text.Length - end.Length, end.Length) == end;

    private static string? Field(string head, string name)
    {
        foreach (var line in head.Split("\r\n"))
        {
            if (line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)) return line[(name.Length + 1)..].Trim();
        }

        return null;
    }
}
