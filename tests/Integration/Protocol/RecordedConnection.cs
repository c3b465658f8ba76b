using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>One connection at the <see cref="RecordingOrigin"/>: keeps every byte, and reads requests as strictly as RFC 9112 allows.</summary>
internal sealed class RecordedConnection(Socket socket, RecordingOrigin origin) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _unread = new();

    /// <summary>The proxy has ended the connection.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether it ended in a reset.</summary>
    public bool WasReset { get; private set; }

    /// <summary>Reads and answers until the connection ends.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await TakeThroughAsync("\r\n\r\n") is { } head) await ServeAsync(new RecordedRequest(this, head));
            if (_unread.Length > 0) origin.Complain($"left over: {_unread}");
        }
        catch (IOException)
        {
            // Cut short: the request that it happened to is not complete.
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Ended while an answer was on its way.
        }
        catch (FormatException e)
        {
            origin.Complain(e.Message);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task ServeAsync(RecordedRequest request)
    {
        origin.Add(request);
        if (Problem(request) is { } problem) origin.Complain($"{problem}: {request.Head}");
        var answer = origin.Answer(request);
        var isEarly = request.Target.StartsWith("/early", StringComparison.Ordinal);
        if (isEarly) await SendAsync(answer);
        else if (request.Fields("Expect").Count > 0) await SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        await ReadBodyAsync(request);
        if (!isEarly && answer.Length > 0) await SendAsync(answer);
    }

    private static string? Problem(RecordedRequest request)
    {
        var parts = request.RequestLine.Split(' ');
        if (parts.Length != 3 || parts[2] != "HTTP/1.1") return "request line";
        if (request.Fields("Host").Count != 1) return "Host";
        if (request.Fields("Content-Length").Count + request.Fields("Transfer-Encoding").Count > 1) return "framing";
        if (request.Field("Transfer-Encoding") is not (null or "chunked")) return "coding";
        if (request.Head.Replace("\r\n", "", StringComparison.Ordinal).IndexOfAny(['\0', '\r', '\n']) >= 0) return "line end";
        foreach (var line in request.Head[..^4].Split("\r\n").Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).IndexOfAny(" \t") >= 0) return "field line";
        }

        return null;
    }

    private async Task ReadBodyAsync(RecordedRequest request)
    {
        if (request.Field("Content-Length") is { } length)
        {
            var count = long.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture);
            await TakeBodyAsync(request, count);
        }
        else if (request.Field("Transfer-Encoding") is not null)
        {
            while (true)
            {
                var line = await TakeThroughAsync("\r\n") ?? throw new IOException();
                var size = long.Parse(line.AsSpan(0, line.Length - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                if (size == 0) break;
                await TakeBodyAsync(request, size);
                if (await TakeThroughAsync("\r\n") != "\r\n") throw new FormatException("chunk end");
            }

            var trailers = new StringBuilder();
            while (true)
            {
                var line = await TakeThroughAsync("\r\n") ?? throw new IOException();
                if (line == "\r\n") break;
                trailers.Append(line);
            }

            request.Complete(trailers.ToString());
            return;
        }

        request.Complete("");
    }

    private async Task TakeBodyAsync(RecordedRequest request, long count)
    {
        while (count > 0)
        {
            if (_unread.Length == 0 && !await ReceiveAsync()) throw new IOException();
            var taken = (int)Math.Min(count, _unread.Length);
            // Large bodies are counted, not kept.
            if (request.Body.Length < 1024 * 1024) request.Body += _unread.ToString(0, taken);
            _unread.Remove(0, taken);
            count -= taken;
        }
    }

    // Null at an end between requests; bytes that no marker follows stay unread.
    private async Task<string?> TakeThroughAsync(string marker)
    {
        while (true)
        {
            var text = _unread.ToString();
            var at = text.IndexOf(marker, StringComparison.Ordinal);
            if (at >= 0)
            {
                _unread.Remove(0, at + marker.Length);
                return text[..(at + marker.Length)];
            }

            if (!await ReceiveAsync()) return null;
        }
    }

    private async Task<bool> ReceiveAsync()
    {
        try
        {
            var read = await socket.ReceiveAsync(_buffer);
            _unread.Append(Encoding.Latin1.GetString(_buffer, 0, read));
            return read > 0;
        }
        catch (SocketException)
        {
            WasReset = true;
            return false;
        }
    }

    private async Task SendAsync(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var at = 0; at < bytes.Length;) at += await socket.SendAsync(bytes.AsMemory(at));
    }
}
