using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Proxying.Polling;
using Net2Secure.Routing.Proxying.Serving;
using Net2Secure.Routing.Proxying.Tests.Polling;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Serving;

/// <summary>A connection that the transport has accepted, and the client at its other end.</summary>
internal sealed class AcceptedConnection : IAsyncDisposable
{
    private readonly IConnectionListener _listener;
    private int _filled;

    private AcceptedConnection(IConnectionListener listener, ConnectionContext connection, Socket client)
    {
        _listener = listener;
        Connection = connection;
        Client = client;
    }

    public required CountedMemory Memory { get; init; }

    public required ManualTimeProvider Time { get; init; }

    public ConnectionContext Connection { get; }

    public Socket Client { get; }

    public static PolledTransport CreateTransport(CountedMemory memory, TimeProvider time) =>
        new(SocketPollers.Shared!, Options.Create(new SocketTransportOptions()), memory, time, NullLoggerFactory.Instance);

    public static async Task<AcceptedConnection> CreateAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        var memory = new CountedMemory();
        var time = new ManualTimeProvider();
        var listener = await CreateTransport(memory, time).BindAsync(new IPEndPoint(IPAddress.Loopback, 0), stop);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.EndPoint, stop);
        var connection = await listener.AcceptAsync(stop);
        return new AcceptedConnection(listener, connection!, client) { Memory = memory, Time = time };
    }

    public async Task SendAsync(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty) data = data[await Client.SendAsync(data, TestContext.Current.CancellationToken)..];
    }

    /// <summary>Fills what the kernel keeps for the client, so that it takes no more until the client reads. <see cref="ReceiveAsync"/> leaves out what this has sent.</summary>
    public void Saturate()
    {
        var socket = ((PolledConnection)Connection).Socket.Socket;
        socket.SendBufferSize = 32 * 1024;
        Client.ReceiveBufferSize = 32 * 1024;
        var filling = new byte[4096];
        // What was sent moves on to the other side for a moment, and makes room again.
        while (socket.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectWrite))
        {
            while (socket.Send(filling, SocketFlags.None, out _) is > 0 and var sent) _filled += sent;
        }
    }

    /// <summary>What the client receives to the end of the connection.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await Client.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(TestBounds.Wait, TestContext.Current.CancellationToken) is > 0 and var count)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }

    /// <summary>What the client receives next.</summary>
    public async Task<byte[]> ReceiveAsync(int length)
    {
        var filled = Interlocked.Exchange(ref _filled, 0);
        if (filled > 0) await ReceiveAsync(filled);
        var data = new byte[length];
        for (var count = 0; count < length;)
        {
            var received = await Client.ReceiveAsync(data.AsMemory(count), TestContext.Current.CancellationToken).AsTask().WaitAsync(TestBounds.Wait, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, received);
            count += received;
        }

        return data;
    }

    public async ValueTask DisposeAsync()
    {
        Connection.Abort();
        await Connection.DisposeAsync();
        Client.Dispose();
        await _listener.DisposeAsync();
    }
}
