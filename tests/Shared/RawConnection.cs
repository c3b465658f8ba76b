using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Testing;

/// <summary>A TCP connection of which a test says every byte that is sent and sees every byte that comes. Text is Latin-1: one character, one byte.</summary>
internal sealed class RawConnection(Socket socket) : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly StringBuilder _unread = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Socket Socket { get; } = socket;

    /// <summary>Bytes of each receive, as they came.</summary>
    public List<int> Receives { get; } = [];

    /// <summary>The other side has ended the connection; set by whatever reads.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The connection ended with a reset rather than in order.</summary>
    public bool WasReset { get; private set; }

    /// <summary>What has come and was not asked for yet.</summary>
    public string Unread => _unread.ToString();

    public async Task<string> ReadHeadAsync() => await TryReadHeadAsync() ?? throw Incomplete("the end of a head");

    public Task<string?> TryReadHeadAsync() => TryReadUntilAsync("\r\n\r\n");

    public async Task<string> ReadAsync(int count)
    {
        while (_unread.Length < count)
        {
            if (!await ReceiveAsync()) throw Incomplete($"{count} bytes");
        }

        return Take(count);
    }

    public async Task<string> ReadUntilAsync(string marker) => await TryReadUntilAsync(marker) ?? throw Incomplete($"'{marker}'");

    /// <summary>Reads one message: its head, and its body as it is framed on the wire; a body without framing reaches to the end of the connection.</summary>
    /// <param name="hasBody">Whether a body follows if the head says so; not with answers to HEAD.</param>
    public async Task<RawMessage> ReadMessageAsync(bool hasBody = true)
    {
        var message = new RawMessage(await ReadHeadAsync(), "");
        if (!hasBody || message.IsWithoutBody) return message;
        if (message.Has("Transfer-Encoding")) return message with { Body = await ReadChunksAsync() };
        if (message.Has("Content-Length")) return message with { Body = await ReadAsync(int.Parse(message.Value("Content-Length"), System.Globalization.CultureInfo.InvariantCulture)) };
        return message.IsRequest ? message : message with { Body = await WaitForEndAsync() };
    }

    /// <summary>Everything up to the end of the connection, orderly or not.</summary>
    public async Task<string> WaitForEndAsync()
    {
        while (await ReceiveAsync())
        {
        }

        return _unread.ToString();
    }

    /// <summary>Everything that comes until it is enough, or the connection ends.</summary>
    public async Task<string> WaitForAsync(Func<string, bool> isEnough)
    {
        while (!isEnough(_unread.ToString()) && await ReceiveAsync())
        {
        }

        return _unread.ToString();
    }

    public async Task SendAsync(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var sent = 0; sent < bytes.Length;) sent += await Socket.SendAsync(bytes.AsMemory(sent));
    }

    /// <summary>Sends each byte in a segment of its own, as far as TCP lets one say so.</summary>
    public async Task SendBytewiseAsync(string text)
    {
        Socket.NoDelay = true;
        foreach (var c in text)
        {
            await SendAsync(c.ToString());
            await Task.Yield();
        }
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void ShutdownSend() => Socket.Shutdown(SocketShutdown.Send);

    public async Task FinishAsync()
    {
        Socket.Shutdown(SocketShutdown.Send);
        await WaitForEndAsync();
        Socket.Dispose();
    }

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
            var size = await ReadUntilAsync("\r\n");
            body.Append(size);
            var length = Convert.ToInt32(size.Split(';', '\r')[0], 16);
            if (length == 0) break;
            body.Append(await ReadAsync(length + 2));
        }

        string line;
        do
        {
            line = await ReadUntilAsync("\r\n");
            body.Append(line);
        }
        while (line.Length > 2);
        return body.ToString();
    }

    private async Task<string?> TryReadUntilAsync(string marker)
    {
        while (true)
        {
            var text = _unread.ToString();
            var at = text.IndexOf(marker, StringComparison.Ordinal);
            if (at >= 0) return Take(at + marker.Length);
            if (!await ReceiveAsync()) return null;
        }
    }

    private string Take(int count)
    {
        var text = _unread.ToString(0, count);
        _unread.Remove(0, count);
        return text;
    }

    private IOException Incomplete(string wanted) => new($"The connection ended {(WasReset ? "with a reset " : "")}before {wanted}; there was: '{_unread}'.");

    private async Task<bool> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        using var timeout = new CancellationTokenSource(Bound);
        try
        {
            var read = await Socket.ReceiveAsync(buffer, timeout.Token);
            if (read > 0)
            {
                Receives.Add(read);
                _unread.Append(Encoding.Latin1.GetString(buffer, 0, read));
                return true;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            WasReset = e is SocketException { SocketErrorCode: SocketError.ConnectionReset };
        }

        _ended.TrySetResult();
        return false;
    }
}
