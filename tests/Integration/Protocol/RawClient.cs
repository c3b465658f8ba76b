using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>A client that sends the bytes it is told and reads answers by the book: chunks put together, interim responses left out. Text is Latin-1: one character, one byte.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly RawConnection _connection;

    private RawClient(Socket socket) => _connection = new RawConnection(socket);

    public Socket Socket => _connection.Socket;

    /// <summary>Whether the connection ended in a reset; known once it has ended.</summary>
    public bool WasReset => _connection.WasReset;

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
            var head = await _connection.ReadHeadAsync();
            var response = new RawResponse(int.Parse(head.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture), head, "");
            if (response.Status is >= 100 and < 200) continue;
            Assert.StartsWith("HTTP/1.1 ", head, StringComparison.Ordinal);
            if (isHead || response.Status is 204 or 304) return response;
            if (response.Field("Transfer-Encoding") == "chunked") return response with { Body = await ReadChunksAsync() };
            if (response.Field("Content-Length") is { } length) return response with { Body = await _connection.ReadAsync(int.Parse(length, CultureInfo.InvariantCulture)) };
            return response with { Body = await ReadToEndAsync() };
        }
    }

    /// <summary>Everything up to the end of the connection.</summary>
    public Task<string> ReadToEndAsync() => ReadUntilAsync(static _ => false);

    /// <summary>Everything up to where the text so far is enough, or up to the end of the connection.</summary>
    public async Task<string> ReadUntilAsync(Func<string, bool> isEnough)
    {
        try
        {
            var text = await _connection.WaitForAsync(isEnough);
            return await _connection.ReadAsync(text.Length);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"No more came after '{_connection.Unread}'.", e);
        }
    }

    /// <summary>Says that nothing more is coming.</summary>
    public void FinishSending() => _connection.ShutdownSend();

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
    public void Reset() => _connection.Reset();

    public void Dispose() => _connection.Dispose();

    private async Task<string> ReadChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            var line = await _connection.ReadUntilAsync("\r\n");
            var size = int.Parse(line.AsSpan().TrimEnd(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0) break;
            body.Append(await _connection.ReadAsync(size));
            Assert.Equal("\r\n", await _connection.ReadAsync(2));
        }

        while (await _connection.ReadUntilAsync("\r\n") != "\r\n")
        {
        }

        return body.ToString();
    }
}
