using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Net2Secure.Routing.Integration.Forwarding;

/// <summary>What WebSockets do beyond small messages: large ones, control frames, close codes, sub-protocols, refusals.</summary>
public sealed class WebSocketTests
{
    public static TheoryData<string, string> Versions { get; } = new()
    {
        { "1.1", "1.1" },
        { "1.1", "2.0" },
        { "2.0", "1.1" },
        { "2.0", "2.0" },
    };

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Message_OfMegabytes_ComesBackUnchanged(string client, string backend)
    {
        await using var proxy = await StartAsync(client, backend, async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var message = await ReceiveAllAsync(socket);
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, Patience);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Patience);
        });
        using var socket = await ConnectAsync(proxy, client);
        var sent = new byte[5_000_000];
        new Random(3).NextBytes(sent);

        await socket.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, Patience);
        var received = await ReceiveAllAsync(socket);

        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Close_ByTheClient_CarriesItsCodeAndReason(string client, string backend)
    {
        var closed = new TaskCompletionSource<(WebSocketCloseStatus?, string?)>();
        await using var proxy = await StartAsync(client, backend, async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[10], Patience);
            closed.SetResult((socket.CloseStatus, socket.CloseStatusDescription));
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "understood", Patience);
        });
        using var socket = await ConnectAsync(proxy, client);

        await socket.CloseAsync((WebSocketCloseStatus)3001, "enough of this", Patience);

        Assert.Equal(((WebSocketCloseStatus)3001, "enough of this"), await closed.Task.WaitAsync(ProxyUnderTest.Patience));
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "understood"), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Close_ByTheBackend_CarriesItsCodeAndReason(string client, string backend)
    {
        await using var proxy = await StartAsync(client, backend, async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.CloseAsync((WebSocketCloseStatus)4002, "moving house", Patience);
        });
        using var socket = await ConnectAsync(proxy, client);

        var received = await socket.ReceiveAsync(new byte[10], Patience);

        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal(((WebSocketCloseStatus)4002, "moving house"), (socket.CloseStatus!.Value, socket.CloseStatusDescription));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task SubProtocol_IsTheOneThatTheBackendChose(string client, string backend)
    {
        await using var proxy = await StartAsync(client, backend, async context =>
        {
            Assert.Equal(["first", "second", "third"], context.WebSockets.WebSocketRequestedProtocols);
            using var socket = await context.WebSockets.AcceptWebSocketAsync("second");
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Patience);
        });

        using var socket = await ConnectAsync(proxy, client, "first", "second", "third");

        Assert.Equal("second", socket.SubProtocol);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Upgrade_ThatTheBackendRefuses_PassesItsAnswerOn(string client, string backend)
    {
        await using var proxy = await StartAsync(client, backend, context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"chat\"";
            return context.Response.WriteAsync("who are you?");
        });
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(socket, proxy, client));

        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
        Assert.Equal("Bearer realm=\"chat\"", socket.HttpResponseHeaders!["WWW-Authenticate"].Single());
    }

    [Fact]
    public async Task Ping_IsAnsweredByTheBackend()
    {
        await using var proxy = await StartAsync("1.1", "1.1", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[10], Patience);
        });
        using var connection = new TcpClient(proxy.Address.Host, proxy.Address.Port);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: {proxy.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        var head = await ReadHeadAsync(stream);
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head, StringComparison.OrdinalIgnoreCase);

        // A masked PING of "hello", with a mask of zeros.
        await stream.WriteAsync(new byte[] { 0x89, 0x85, 0, 0, 0, 0, (byte)'h', (byte)'e', (byte)'l', (byte)'l', (byte)'o' });

        var pong = new byte[7];
        await stream.ReadExactlyAsync(pong, Patience);
        Assert.Equal([0x8a, 5, .. "hello"u8], pong);
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, Patience);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static async Task<byte[]> ReceiveAllAsync(WebSocket socket)
    {
        var buffer = new byte[16 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), Patience);
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage) return message.ToArray();
        }
    }

    private static Task<ProxyUnderTest> StartAsync(string client, string backend, RequestDelegate serve) => ProxyUnderTest.StartAsync(
        serve,
        cluster: c =>
        {
            if (backend == "2.0") c.HttpRequest = new() { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        },
        proxy: StreamingTests.ClearTextHttp2(client),
        backendProtocols: backend == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1,
        backendPipeline: app => app.UseWebSockets());

    private static async Task<ClientWebSocket> ConnectAsync(ProxyUnderTest proxy, string version, params string[] subProtocols)
    {
        var socket = new ClientWebSocket();
        foreach (var subProtocol in subProtocols) socket.Options.AddSubProtocol(subProtocol);
        await ConnectAsync(socket, proxy, version);
        return socket;
    }

    private static Task ConnectAsync(ClientWebSocket socket, ProxyUnderTest proxy, string version)
    {
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return socket.ConnectAsync(new UriBuilder(proxy.Address) { Scheme = "ws" }.Uri, new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false }), Patience);
    }
}
