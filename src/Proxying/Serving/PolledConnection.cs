using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>A client's connection, as the server wants to see it.</summary>
/// <remarks>When the client sends no more, or the connection breaks, <see cref="ConnectionClosed"/> is cancelled, as with the server's own sockets: a request in flight is given up.</remarks>
internal sealed class PolledConnection : ConnectionContext, IDuplexPipe, IPeerWatcher, IConnectionSocketFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature,
    IConnectionIdFeature, IConnectionItemsFeature, IConnectionTransportFeature, IMemoryPoolFeature
{
    /// <summary>Bytes per second that a client takes at least of what is left at the end of its connection, after the first seconds. As the server has it for responses, unless told otherwise.</summary>
    private const int LeastRate = 240;

    private static readonly TimeSpan EndingGrace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RateGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxEnd = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closed = new();
    private readonly SocketPipeReader _input;
    private readonly SocketPipeWriter _output;
    private readonly MemoryPool<byte> _memory;
    private IDictionary<object, object?>? _items;
    private string? _id;
    private Exception? _abortReason;
    private ITimer? _ending;
    private int _isClosed;

    public PolledConnection(Socket socket, SocketPollers pollers, MemoryPool<byte> memory, TimeProvider time)
    {
        _time = time;
        _memory = memory;
        _input = new SocketPipeReader(this, memory);
        _output = new SocketPipeWriter(this, memory);
        Transport = this;
        ConnectionClosed = _closed.Token;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        Features = new ConnectionFeatures(this, _input, _output);
        Socket = pollers.Adopt(socket, this);
    }

    /// <summary>The socket below.</summary>
    public PolledSocket Socket { get; }

    public override string ConnectionId
    {
        get => _id ??= ConnectionIds.Next();
        set => _id = value;
    }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    Socket IConnectionSocketFeature.Socket => Socket.Socket;

    MemoryPool<byte> IMemoryPoolFeature.MemoryPool => _memory;

    public override void Abort(ConnectionAbortedException abortReason)
    {
        Interlocked.CompareExchange(ref _abortReason, abortReason, null);
        Socket.Reset();
        OnClosed();
    }

    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted by the application."));

    public override async ValueTask DisposeAsync()
    {
        _input.Complete();
        _output.Complete();
        await DrainAsync().ConfigureAwait(false);
        Close();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>How long the end of a connection waits for a client to take so many bytes.</summary>
    internal static TimeSpan LongestEnd(long bytes)
    {
        var end = RateGrace + TimeSpan.FromSeconds((double)bytes / LeastRate);
        return end < MaxEnd ? end : MaxEnd;
    }

    /// <summary>Nothing more comes from the client. Tells whoever listens, once, on a thread of the pool.</summary>
    public void OnClosed()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        _ending?.Dispose();
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    /// <summary>A client that ends its side in the middle of a request has given it up; but one that does so on the last byte of the answer is in time to have the server, which is about to end
    /// the connection in order, reset it.</summary>
    void IPeerWatcher.OnPeerEnded(bool hasBroken)
    {
        if (hasBroken) OnClosed();
        else _ending ??= _time.CreateTimer(static self => ((PolledConnection)self!).OnClosed(), this, EndingGrace, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What the server expects to be thrown.</summary>
    public Exception Explain(Exception met)
    {
        if (Volatile.Read(ref _abortReason) is { } reason) return reason;
        return met switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted } reset => new ConnectionResetException(reset.Message, reset),
            ObjectDisposedException => new ConnectionAbortedException("The connection was closed.", met),
            _ => new IOException(met.Message, met),
        };
    }

    /// <summary>Waits until the kernel has taken what is left for the client. Nobody else looks after the time of that: the server's limits end with its last flush.</summary>
    private async Task DrainAsync()
    {
        var draining = _output.DrainAsync();
        if (draining.IsCompleted) return;
        try
        {
            await draining.WaitAsync(LongestEnd(_output.UnflushedBytes), _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Socket.Reset();
            await draining.ConfigureAwait(false);
        }
    }

    private void Close()
    {
        try
        {
            // What was sent arrives, and the end behind it.
            Socket.Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }

        Socket.Dispose();
        OnClosed();
    }
}
