using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>A proxy between two raw sockets: the bytes a test sends as client, and an origin that does what the test says.</summary>
internal sealed class WireTest : IAsyncDisposable
{
    private readonly List<RawConnection> _clients = [];

    private WireTest(ScriptedOrigin origin, ProxyUnderTest proxy)
    {
        Origin = origin;
        Proxy = proxy;
    }

    public ScriptedOrigin Origin { get; }

    public ProxyUnderTest Proxy { get; }

    /// <summary>What the client calls the proxy.</summary>
    public const string Host = "shop.example:8080";

    /// <summary>Starts both; the origin runs <paramref name="script"/> on each of its connections.</summary>
    public static async Task<WireTest> StartAsync(
        Func<RawConnection, Task> script, Action<RouteOptions>? route = null, Action<ProxyClusterOptions>? cluster = null, Action<WebApplicationBuilder>? proxy = null)
    {
        var origin = new ScriptedOrigin(script);
        return new(origin, await ProxyUnderTest.StartAsync(origin.Uri, route, cluster, proxy));
    }

    /// <summary>Starts both; the origin answers each request with the same bytes.</summary>
    public static Task<WireTest> AnsweringAsync(string response, Action<RouteOptions>? route = null, Action<WebApplicationBuilder>? proxy = null) => StartAsync(
        async connection =>
        {
            while (true)
            {
                await connection.ReadMessageAsync();
                await connection.SendAsync(response);
            }
        },
        route,
        proxy: proxy);

    /// <summary>Sends one request and gives what the origin got and what the client got.</summary>
    public static async Task<(RawMessage AtOrigin, RawMessage AtClient)> ExchangeAsync(
        string request, string response = Answers.Empty, Action<RouteOptions>? route = null, Action<WebApplicationBuilder>? proxy = null)
    {
        var received = new TaskCompletionSource<RawMessage>();
        await using var wire = await StartAsync(
            async connection =>
            {
                received.TrySetResult(await connection.ReadMessageAsync());
                await connection.SendAsync(response);
                await connection.FinishAsync();
            },
            route,
            proxy: proxy);
        var client = await wire.ConnectAsync();
        await client.SendAsync(request);
        var answer = await client.ReadMessageAsync(hasBody: !request.StartsWith("HEAD", StringComparison.Ordinal));
        return (await received.Task.WaitAsync(ProxyUnderTest.Patience), answer);
    }

    /// <summary>Sends one request and gives everything that the client gets up to the end of its connection, which the request has to ask for.</summary>
    public static async Task<(string Text, RawConnection Client)> ReadAllAsync(string request, Func<RawConnection, Task> script, Action<ProxyClusterOptions>? cluster = null)
    {
        await using var wire = await StartAsync(script, cluster: cluster);
        var client = await wire.ConnectAsync();
        await client.SendAsync(request);
        return (await client.WaitForEndAsync(), client);
    }

    /// <summary>A GET with these further field lines, each with its line end.</summary>
    public static string Get(string fields = "", string target = "/") => $"GET {target} HTTP/1.1\r\nHost: {Host}\r\n{fields}\r\n";

    /// <summary>A POST whose framing is among its field lines.</summary>
    public static string Post(string fields, string body = "") => $"POST / HTTP/1.1\r\nHost: {Host}\r\n{fields}\r\n{body}";

    public async Task<RawConnection> ConnectAsync(int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size) socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(IPAddress.Loopback, Proxy.Address.Port);
        var client = new RawConnection(socket);
        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await Origin.DisposeAsync();
        await Proxy.DisposeAsync();
    }
}
