using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Integration.Http2;

namespace Net2Secure.Routing.Integration.Resilience;

/// <summary>What an origin of HTTP/2 does with a request.</summary>
internal enum Http2Manner
{
    /// <summary>200, when the request is complete.</summary>
    Answers,

    /// <summary>RST_STREAM with REFUSED_STREAM as soon as the head is there.</summary>
    Refuses,

    /// <summary>The same, when the request is complete.</summary>
    RefusesAtTheEnd,

    /// <summary>GOAWAY that names no stream as taken, and the end of the connection.</summary>
    GoesAway,

    /// <summary>GOAWAY that names the stream as taken, and the end of the connection without an answer.</summary>
    TakesItAndGoesAway,

    /// <summary>RST_STREAM with CANCEL: it may have acted on the request.</summary>
    Cancels,
}

/// <summary>A server of HTTP/2 in clear text that treats every request in one manner.</summary>
internal sealed class RawHttp2Origin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Http2Manner _manner;
    private readonly ConcurrentDictionary<TcpClient, Task> _connections = [];
    private readonly Task _accepting;
    private int _heads;

    public RawHttp2Origin(Http2Manner manner)
    {
        _manner = manner;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Requests that began here.</summary>
    public int Heads => Volatile.Read(ref _heads);

    /// <summary>The lengths of the bodies of requests that came to their end here.</summary>
    public ConcurrentQueue<int> Complete { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var connection in _connections.Keys) connection.Close();
        await Task.WhenAll(_connections.Values);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync();
                connection.NoDelay = true;
                _connections[connection] = Task.Run(() => ServeAsync(connection));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        try
        {
            using (connection)
            {
                var stream = connection.GetStream();
                await stream.ReadExactlyAsync(new byte[RawHttp2Client.Preface.Length]);
                await SendAsync(stream, new Http2Frame(Http2Frame.Settings, 0, 0, []));
                var bodies = new Dictionary<int, int>();
                while (await ServeFrameAsync(stream, await ReadAsync(stream), bodies))
                {
                }

                // What is still unread would turn the end into a reset.
                connection.Client.Shutdown(SocketShutdown.Send);
                while (await stream.ReadAsync(new byte[4096]) > 0)
                {
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            // The proxy is gone, or the test over.
        }
    }

    /// <returns>Whether the connection goes on.</returns>
    private async Task<bool> ServeFrameAsync(NetworkStream stream, Http2Frame frame, Dictionary<int, int> bodies)
    {
        if (frame.Type == Http2Frame.Settings && (frame.Flags & Http2Frame.Ack) == 0) await SendAsync(stream, new Http2Frame(Http2Frame.Settings, Http2Frame.Ack, 0, []));
        if (frame.Type == Http2Frame.Ping && (frame.Flags & Http2Frame.Ack) == 0) await SendAsync(stream, frame with { Flags = Http2Frame.Ack });
        if (frame.Type is not (Http2Frame.Headers or Http2Frame.Data)) return true;
        if (frame.Type == Http2Frame.Headers)
        {
            Interlocked.Increment(ref _heads);
            bodies[frame.StreamId] = 0;
            if (_manner == Http2Manner.Refuses) await SendAsync(stream, Http2Frame.Reset(frame.StreamId, Http2Frame.ErrorCodes.RefusedStream));
        }
        else
        {
            bodies[frame.StreamId] += frame.Payload.Length;
            if (frame.Payload.Length > 0) await SendAsync(stream, Http2Frame.Window(0, frame.Payload.Length), Http2Frame.Window(frame.StreamId, frame.Payload.Length));
        }

        if ((frame.Flags & Http2Frame.EndStream) == 0 || _manner == Http2Manner.Refuses) return true;
        Complete.Enqueue(bodies[frame.StreamId]);
        return await EndAsync(stream, frame.StreamId);
    }

    private async Task<bool> EndAsync(NetworkStream stream, int streamId)
    {
        switch (_manner)
        {
            case Http2Manner.RefusesAtTheEnd:
                await SendAsync(stream, Http2Frame.Reset(streamId, Http2Frame.ErrorCodes.RefusedStream));
                return true;
            case Http2Manner.Cancels:
                await SendAsync(stream, Http2Frame.Reset(streamId));
                return true;
            case Http2Manner.GoesAway:
                await SendAsync(stream, new Http2Frame(Http2Frame.GoAway, 0, 0, [.. Http2Frame.UInt32(0), .. Http2Frame.UInt32(Http2Frame.ErrorCodes.None)]));
                return false;
            case Http2Manner.TakesItAndGoesAway:
                await SendAsync(stream, new Http2Frame(Http2Frame.GoAway, 0, 0, [.. Http2Frame.UInt32(streamId), .. Http2Frame.UInt32(Http2Frame.ErrorCodes.None)]));
                return false;
            default:
                var head = HeaderBlock.Of((":status", "200"), ("content-length", "2")).ToBytes();
                await SendAsync(stream, new Http2Frame(Http2Frame.Headers, Http2Frame.EndHeaders, streamId, head), new Http2Frame(Http2Frame.Data, Http2Frame.EndStream, streamId, "ok"u8.ToArray()));
                return true;
        }
    }

    private static async Task<Http2Frame> ReadAsync(NetworkStream stream)
    {
        var header = new byte[Http2Frame.HeaderLength];
        await stream.ReadExactlyAsync(header);
        var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
        await stream.ReadExactlyAsync(payload);
        return new(header[3], header[4], ((header[5] & 0x7f) << 24) | (header[6] << 16) | (header[7] << 8) | header[8], payload);
    }

    private static async Task SendAsync(NetworkStream stream, params Http2Frame[] frames) => await stream.WriteAsync(frames.SelectMany(f => f.ToBytes()).ToArray());
}
