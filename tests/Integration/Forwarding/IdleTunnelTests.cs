using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Integration.Forwarding;

/// <summary>Thousands of tunnels in which nothing happens cost little, and all of them are there when something does.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class IdleTunnelTests
{
    private const int Tunnels = 2000;

    private static readonly byte[] Upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"u8.ToArray();
    private static readonly byte[] Switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"u8.ToArray();

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Fact]
    public async Task Tunnels_ThatAreIdle_CostLittleAndStayAlive()
    {
        using var origin = new TcpListener(IPAddress.Loopback, 0);
        origin.Start(Tunnels);
        var serving = ServeAsync(origin);
        await using var proxy = await ProxyUnderTest.StartAsync(new Uri($"http://{origin.LocalEndpoint}/"));
        var clients = new Socket[Tunnels];
        // What the first tunnels set up once and for all is none of the others' cost.
        for (var i = 0; i < 100; i++) clients[i] = await OpenAsync(proxy.Address);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 100; i < Tunnels; i++) clients[i] = await OpenAsync(proxy.Address);
        var perTunnel = (GC.GetTotalMemory(forceFullCollection: true) - before) / (Tunnels - 100);

        // Everything counts that this process keeps: client, both sides of the proxy, and origin.
        Assert.InRange(perTunnel, 0, 64 * 1024);
        var buffer = new byte[16];
        for (var i = 0; i < Tunnels; i++)
        {
            var ping = Encoding.ASCII.GetBytes("ping " + i.ToString(CultureInfo.InvariantCulture));
            await clients[i].SendAsync(ping, Patience);
            var received = await clients[i].ReceiveAsync(buffer.AsMemory(0, ping.Length), Patience);
            Assert.Equal(ping, buffer[..received]);
        }

        foreach (var client in clients) client.Dispose();
        await serving.WaitAsync(ProxyUnderTest.Patience);
    }

    private static async Task<Socket> OpenAsync(Uri proxy)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, proxy.Port, Patience);
        await socket.SendAsync(Upgrade, Patience);
        Assert.StartsWith("HTTP/1.1 101 ", await ReadHeadAsync(socket), StringComparison.Ordinal);
        return socket;
    }

    /// <summary>Accepts all of them; ends when all of them have ended.</summary>
    private static async Task ServeAsync(TcpListener origin)
    {
        var tunnels = new Task[Tunnels];
        for (var i = 0; i < Tunnels; i++) tunnels[i] = EchoAsync(await origin.AcceptSocketAsync());
        await Task.WhenAll(tunnels);
    }

    private static async Task EchoAsync(Socket socket)
    {
        using var _ = socket;
        await ReadHeadAsync(socket);
        await socket.SendAsync(Switched);
        var buffer = new byte[64];
        try
        {
            int read;
            while ((read = await socket.ReceiveAsync(buffer)) > 0) await socket.SendAsync(buffer.AsMemory(0, read));
        }
        catch (SocketException)
        {
            // A reset is an end as well.
        }
    }

    private static async Task<string> ReadHeadAsync(Socket socket)
    {
        var buffer = new byte[1024];
        var filled = 0;
        while (!buffer.AsSpan(0, filled).EndsWith("\r\n\r\n"u8)) filled += await socket.ReceiveAsync(buffer.AsMemory(filled), Patience);
        return Encoding.ASCII.GetString(buffer, 0, filled);
    }
}
