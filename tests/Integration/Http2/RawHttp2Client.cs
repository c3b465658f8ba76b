using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>A client of HTTP/2 over clear text that keeps to no rule by itself: what it is told to send goes out, what comes back is kept.</summary>
internal sealed class RawHttp2Client : IAsyncDisposable
{
    public static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private readonly TcpClient _connection = new() { NoDelay = true };
    private readonly List<Http2Frame> _received = [];
    private readonly SemaphoreSlim _sending = new(1);
    private NetworkStream _stream = null!;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;

    /// <summary>Whether the server has closed the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Connects and says what every client says first.</summary>
    /// <param name="proxy">Where to.</param>
    /// <param name="opening">Settings and whatever else follows the preface; an empty SETTINGS by default.</param>
    public static async Task<RawHttp2Client> ConnectAsync(Uri proxy, params Http2Frame[] opening)
    {
        var client = new RawHttp2Client();
        await client._connection.ConnectAsync(proxy.Host, proxy.Port);
        client._stream = client._connection.GetStream();
        client._reading = client.ReadAsync();
        if (opening.Length == 0) opening = [new Http2Frame(Http2Frame.Settings, 0, 0, [])];
        byte[] first = [.. Preface, .. opening.SelectMany(f => f.ToBytes())];
        await client.SendAsync(first);
        return client;
    }

    /// <summary>Sends bytes. That the server has closed the connection meanwhile is no failure here; what it said before is what tests ask for.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _sending.WaitAsync();
        try
        {
            await _stream.WriteAsync(bytes).AsTask().WaitAsync(ProxyUnderTest.Patience);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            _sending.Release();
        }
    }

    public Task<bool> SendAsync(params Http2Frame[] frames) => SendAsync(frames.SelectMany(f => f.ToBytes()).ToArray());

    /// <summary>Sends a header block in one frame.</summary>
    public Task<bool> RequestAsync(int streamId, HeaderBlock block, bool endStream = true) =>
        SendAsync(new Http2Frame(Http2Frame.Headers, (byte)(Http2Frame.EndHeaders | (endStream ? Http2Frame.EndStream : 0)), streamId, block.ToBytes()));

    public Task<bool> DataAsync(int streamId, string data, bool endStream) =>
        SendAsync(new Http2Frame(Http2Frame.Data, endStream ? Http2Frame.EndStream : (byte)0, streamId, Encoding.Latin1.GetBytes(data)));

    /// <summary>All that has come so far.</summary>
    public IReadOnlyList<Http2Frame> Received()
    {
        lock (_received) return [.. _received];
    }

    /// <summary>Waits until a frame is there for which the condition holds.</summary>
    public async Task<Http2Frame> WaitForAsync(Func<Http2Frame, bool> condition)
    {
        await WaitUntilAsync(frames => frames.Any(condition));
        return Received().FirstOrDefault(condition) ?? throw new InvalidOperationException("The connection was closed before the frame came.");
    }

    /// <summary>Waits until the condition holds of all that came, or the connection is closed.</summary>
    public async Task WaitUntilAsync(Func<IReadOnlyList<Http2Frame>, bool> condition)
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (true)
        {
            Task changed;
            lock (_received)
            {
                if (IsClosed || condition(_received)) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(patience.Token);
        }
    }

    /// <summary>How a request ended: its status, the reset of its stream, or the end of the connection, whichever came first.</summary>
    public async Task<Http2Outcome> OutcomeAsync(int streamId)
    {
        await WaitUntilAsync(frames => frames.Any(f => Ends(f, streamId)));
        var end = Received().FirstOrDefault(f => Ends(f, streamId));
        return end switch
        {
            null => new(0, null, null, IsClosed: true),
            { Type: Http2Frame.Headers } => new(StatusOf(end), null, null, false),
            { Type: Http2Frame.RstStream } => new(0, end.ErrorCode, null, false),
            _ => new(0, null, end.ErrorCode, false),
        };
    }

    /// <summary>The error code with which the server ends the connection; null when it closed it without a word.</summary>
    public async Task<int?> GoAwayAsync()
    {
        await WaitUntilAsync(frames => frames.Any(f => f.Type == Http2Frame.GoAway));
        return Received().FirstOrDefault(f => f.Type == Http2Frame.GoAway)?.ErrorCode;
    }

    /// <summary>Waits for the end of a stream, then hands out all of its body.</summary>
    public async Task<string> BodyAsync(int streamId)
    {
        await WaitUntilAsync(frames => frames.Any(f => f.StreamId == streamId && f.Type is Http2Frame.Data or Http2Frame.Headers && (f.Flags & Http2Frame.EndStream) != 0));
        return string.Concat(Received().Where(f => f.StreamId == streamId && f.Type == Http2Frame.Data).Select(f => Encoding.Latin1.GetString(f.Payload)));
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Close();
        await _reading;
        _sending.Dispose();
    }

    private static bool Ends(Http2Frame frame, int streamId) =>
        frame.Type == Http2Frame.GoAway || (frame.StreamId == streamId && frame.Type is Http2Frame.Headers or Http2Frame.RstStream);

    /// <summary>The status stands first in a response (RFC 9113 §8.3): as an entry of the static table, or as a literal of it.</summary>
    private static int StatusOf(Http2Frame headers)
    {
        var block = headers.Payload.AsSpan((headers.Flags & 0x20) != 0 ? 5 : 0);
        int[] known = [200, 204, 206, 304, 400, 404, 500];
        if ((block[0] & 0x80) != 0) return known[(block[0] & 0x7f) - 8];
        return int.Parse(Encoding.ASCII.GetString(block.Slice(2, 3)), CultureInfo.InvariantCulture);
    }

    private async Task ReadAsync()
    {
        var header = new byte[Http2Frame.HeaderLength];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(header);
                var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
                await _stream.ReadExactlyAsync(payload);
                var streamId = ((header[5] & 0x7f) << 24) | (header[6] << 16) | (header[7] << 8) | header[8];
                Note(() => _received.Add(new Http2Frame(header[3], header[4], streamId, payload)));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Note(() => IsClosed = true);
        }
    }

    private void Note(Action change)
    {
        TaskCompletionSource changed;
        lock (_received)
        {
            change();
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
