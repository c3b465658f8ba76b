using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

/// <summary>A name with several addresses: which is tried when (RFC 8305).</summary>
public sealed class ConnectorTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly IPAddress Silent = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress Answering = IPAddress.Parse("127.0.0.3");

    private readonly ManualTimeProvider _time = new();
    private readonly List<Socket> _sockets = [];
    private readonly int _port;

    public ConnectorTests() => _port = Listen(Answering, 0, backlog: 16);

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    [Fact]
    public async Task ConnectAsync_FirstAddressSilent_TriesTheNextAfterAQuarterOfASecond()
    {
        await FillAsync(Silent);
        var connecting = ConnectAsync(Silent, Answering);
        var waited = TimeSpan.Zero;
        for (var i = 0; i < 1000 && !connecting.IsCompleted; i++)
        {
            // Time moves on only when whoever waits has had every chance to go on without it.
            await Task.WhenAny(connecting, Task.Delay(1));
            if (connecting.IsCompleted) break;
            _time.Advance(TimeSpan.FromMilliseconds(10));
            waited += TimeSpan.FromMilliseconds(10);
        }

        Assert.Equal(Answering, await connecting.WaitAsync(Bound));
        Assert.InRange(waited, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(900));
    }

    [Fact]
    public async Task ConnectAsync_FirstAddressRefuses_TriesTheNextAtOnce()
    {
        Assert.Equal(Answering, await ConnectAsync(Silent, Answering).WaitAsync(Bound));
        Assert.Equal(new ManualTimeProvider().GetUtcNow(), _time.GetUtcNow());
    }

    [Fact]
    public async Task ConnectAsync_AllRefuse_SaysWhatTheFirstSaid()
    {
        var error = await Assert.ThrowsAsync<Net2Secure.Routing.Balancing.AttemptException>(() => ConnectAsync(Silent, IPAddress.Parse("127.0.0.4")).WaitAsync(Bound));
        Assert.Equal(Net2Secure.Routing.Balancing.AttemptFailureKinds.ConnectionRefused, error.Failure.Kind);
    }

    private async Task<IPAddress> ConnectAsync(params IPAddress[] addresses)
    {
        var options = new Http1TransportOptions { ConnectTimeout = TimeSpan.FromSeconds(1), Resolve = (_, _) => Task.FromResult(addresses) };
        var socket = (await new Connector(options, _time).ConnectAsync(new EndpointKey(IsTls: false, "two.test", _port), proxy: null, CancellationToken.None)).Socket;
        using (socket) return ((IPEndPoint)socket!.RemoteEndPoint!).Address;
    }

    /// <summary>Lets an address take connections until no more fit into the queue of those nobody accepts: further ones are neither taken nor refused.</summary>
    private async Task FillAsync(IPAddress address)
    {
        Listen(address, _port, backlog: 1);
        for (var i = 0; i < 16; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            var connecting = socket.ConnectAsync(address, _port);
            if (await Task.WhenAny(connecting, Task.Delay(TimeSpan.FromMilliseconds(200))) != connecting) return;
        }

        Assert.Fail("The queue of a listening socket took more than it was told to.");
    }

    private int Listen(IPAddress address, int port, int backlog)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(backlog);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
