using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Forwarding;

/// <summary>WebSockets, whichever version of HTTP each side speaks.</summary>
public sealed class TunnelTests
{
    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Theory]
    [InlineData("1.1", "1.1")]
    [InlineData("1.1", "2.0")]
    [InlineData("2.0", "1.1")]
    [InlineData("2.0", "2.0")]
    public async Task WebSocket_OverEachPairOfVersions_CarriesMessagesBothWays(string client, string backend)
    {
        await using var proxy = await StartEchoAsync(client, backend);
        using var socket = await ConnectAsync(proxy, client, "chat");

        Assert.Equal("chat", socket.SubProtocol);
        foreach (var size in (int[])[5, 70_000])
        {
            var sent = new byte[size];
            new Random(size).NextBytes(sent);
            await socket.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, Patience);
            Assert.Equal(sent, await ReceiveAsync(socket, size));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Patience);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Upgrade_ThatTheBackendDeclines_IsAnsweredAsOrdinaryHttp()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("no");
        });
        using var client = proxy.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");

        using var response = await client.SendAsync(request, Patience);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("no", await response.Content.ReadAsStringAsync(Patience));
    }

    [Fact]
    public async Task Upgrade_ToAProtocolThatIsNotAllowed_IsForwardedWithoutIt()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context => context.Response.WriteAsync($"[{context.Request.Headers.Upgrade}{context.Request.Headers["HTTP2-Settings"]}]"));
        using var client = proxy.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade, HTTP2-Settings");
        request.Headers.TryAddWithoutValidation("Upgrade", "h2c");
        request.Headers.TryAddWithoutValidation("HTTP2-Settings", "AAMAAABkAAQAAP__");

        using var response = await client.SendAsync(request, Patience);

        Assert.Equal("[]", await response.Content.ReadAsStringAsync(Patience));
    }

    [Theory]
    [InlineData("1.1", "1.1")]
    [InlineData("2.0", "1.1")]
    public async Task Tunnel_WhenTheBackendIsGone_ClosesTheClientSide(string client, string backend)
    {
        var leave = new TaskCompletionSource();
        await using var proxy = await StartAsync(client, backend, async (context, socket) =>
        {
            await leave.Task;
            context.Abort();
        });
        using var socket = await ConnectAsync(proxy, client, null);

        leave.SetResult();

        await Assert.ThrowsAnyAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[1], Patience));
    }

    [Fact]
    public async Task Tunnel_WhenTheClientIsGone_ClosesTheBackendSide()
    {
        var ended = new TaskCompletionSource();
        await using var proxy = await StartAsync("1.1", "1.1", async (context, socket) =>
        {
            try
            {
                await socket.ReceiveAsync(new byte[1], Patience);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException)
            {
                ended.SetResult();
            }
        });
        var socket = await ConnectAsync(proxy, "1.1", null);

        socket.Abort();

        await ended.Task.WaitAsync(ProxyUnderTest.Patience);
    }

    private static Task<ProxyUnderTest> StartEchoAsync(string client, string backend) => StartAsync(client, backend, async (_, socket) =>
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), Patience);
            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, Patience);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Patience);
    });

    private static Task<ProxyUnderTest> StartAsync(string client, string backend, Func<HttpContext, WebSocket, Task> serve) => ProxyUnderTest.StartAsync(
        async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault());
            await serve(context, socket);
        },
        cluster: c =>
        {
            if (backend == "2.0") c.HttpRequest = new() { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        },
        proxy: StreamingTests.ClearTextHttp2(client),
        backendProtocols: backend == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1,
        backendPipeline: app => app.UseWebSockets());

    private static async Task<ClientWebSocket> ConnectAsync(ProxyUnderTest proxy, string version, string? subProtocol)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        if (subProtocol is not null) socket.Options.AddSubProtocol(subProtocol);
        var url = new UriBuilder(proxy.Address) { Scheme = "ws", Path = "/chat" }.Uri;
        await socket.ConnectAsync(url, version == "2.0" ? new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false }) : null, Patience);
        return socket;
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket, int size)
    {
        var buffer = new byte[size];
        var filled = 0;
        while (filled < size)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(filled), Patience);
            filled += received.Count;
            if (received.EndOfMessage) break;
        }

        return buffer[..filled];
    }
}
