using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>A client that sends the bytes it is told and reads answers by the book. Text is Latin-1: one character, one byte.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly StringBuilder _unread = new();

    private RawClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    /// <summary>Whether the connection ended in a reset; known once it has ended.</summary>
    public bool WasReset { get; private set; }

    public static async Task<RawClient> ConnectAsync(Uri address, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size) socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(address.Host, address.Port);
        return new RawClient(socket);
    }

    /// <summary>Sends text, in pieces of so many bytes, each a segment of its own; in one piece when none is given.</summary>
    public async Task SendAsync(string text, int pieceSize = 0)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var size = pieceSize == 0 ? Math.Max(1, bytes.Length) : pieceSize;
        for (var at = 0; at < bytes.Length;)
        {
            at += await Socket.SendAsync(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)));
            // Lets the other side run in between; that it reads segment by segment is likely then, and for what is tested not necessary.
            if (pieceSize != 0) await Task.Yield();
        }
    }

    /// <summary>Sends as much as the other side takes; that it stops taking it is no failure.</summary>
    public async Task<bool> TrySendAsync(string text)
    {
        try
        {
            using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
            var bytes = Encoding.Latin1.GetBytes(text);
            for (var at = 0; at < bytes.Length;) at += await Socket.SendAsync(bytes.AsMemory(at), patience.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Reads one final response.</summary>
    /// <param name="isHead">Whether it answers a HEAD, so that no body follows.</param>
    /// <exception cref="IOException">The connection ended first.</exception>
    public async Task<RawResponse> ReadResponseAsync(bool isHead = false)
    {
        while (true)
        {
            var head = await TakeThroughAsync("\r\n\r\n");
            var response = new RawResponse(int.Parse(head.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture), head, "");
            if (response.Status is >= 100 and < 200) continue;
            Assert.StartsWith("HTTP/1.1 ", head, StringComparison.Ordinal);
            if (isHead || response.Status is 204 or 304) return response;
            if (response.Field("Transfer-Encoding") == "chunked") return response with { Body = await ReadChunksAsync() };
            if (response.Field("Content-Length") is { } length) return response with { Body = await TakeAsync(int.Parse(length, CultureInfo.InvariantCulture)) };
            return response with { Body = await ReadToEndAsync() };
        }
    }

    /// <summary>Everything up to the end of the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReceiveAsync())
        {
        }

        return TakeUnread(_unread.Length);
    }

    /// <summary>Everything up to where the text so far is enough, or up to the end of the connection.</summary>
    public async Task<string> ReadUntilAsync(Func<string, bool> isEnough)
    {
        try
        {
            while (!isEnough(_unread.ToString()) && await ReceiveAsync())
            {
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"No more came after '{_unread}'.", e);
        }

        return TakeUnread(_unread.Length);
    }

    /// <summary>Says that nothing more is coming.</summary>
    public void FinishSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>The same on a connection that may have been reset.</summary>
    public void TryFinishSending()
    {
        try
        {
            FinishSending();
        }
        catch (SocketException)
        {
            // It has.
        }
    }

    /// <summary>Ends the connection by a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();

    private async Task<string> ReadChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            var line = await TakeThroughAsync("\r\n");
            var size = int.Parse(line.AsSpan().TrimEnd(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0) break;
            body.Append(await TakeAsync(size));
            Assert.Equal("\r\n", await TakeAsync(2));
        }

        while (await TakeThroughAsync("\r\n") != "\r\n")
        {
        }

        return body.ToString();
    }

    private async Task<string> TakeThroughAsync(string marker)
    {
        while (true)
        {
            var text = _unread.ToString();
            var at = text.IndexOf(marker, StringComparison.Ordinal);
            if (at >= 0) return TakeUnread(at + marker.Length);
            if (!await ReceiveAsync()) throw new IOException($"The connection ended {(WasReset ? "in a reset" : "")} after '{text}'.");
        }
    }

    private async Task<string> TakeAsync(int count)
    {
        while (_unread.Length < count)
        {
            if (!await ReceiveAsync()) throw new IOException($"The connection ended after {_unread.Length} of {count} bytes.");
        }

        return TakeUnread(count);
    }

    private string TakeUnread(int count)
    {
        var text = _unread.ToString(0, count);
        _unread.Remove(0, count);
        return text;
    }

    private async Task<bool> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        try
        {
            var read = await Socket.ReceiveAsync(_buffer, patience.Token);
            _unread.Append(Encoding.Latin1.GetString(_buffer, 0, read));
            return read > 0;
        }
        catch (SocketException)
        {
            WasReset = true;
            return false;
        }
    }
}
