using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.ConsoleHost.Demo;

/// <summary>Three small servers that say who they are, for a proxy to stand in front of.</summary>
internal sealed class DemoBackends : IAsyncDisposable
{
    private readonly List<(string Name, WebApplication App, string Url)> _backends = [];

    public static async Task<DemoBackends> StartAsync(CancellationToken cancellationToken)
    {
        var demo = new DemoBackends();
        foreach (var name in (string[])["anna", "ben", "cora"]) await demo.StartAsync(name, cancellationToken);
        return demo;
    }

    /// <summary>The port that is passed through.</summary>
    public const string TcpPort = "tcp";

    private const long LargestBody = 10 * 1024 * 1024;

    /// <summary>Configures a proxy in front of the backends, in code: a file could say the same.</summary>
    /// <param name="proxy">The proxy.</param>
    /// <param name="tcpPort">The port of this machine that is passed through; 0: any that is free.</param>
    public void Describe(INet2ProxyBuilder proxy, int tcpPort)
    {
        proxy.AddRoute("all", r =>
        {
            r.ClusterId = "demo";
            r.Match.Path = "/{**rest}";
            r.MaxRequestBodySize = LargestBody;
        });
        proxy.AddRoute("anna-only", r =>
        {
            r.ClusterId = "anna";
            r.Match.Path = "/anna/{**rest}";
            r.MaxRequestBodySize = LargestBody;
            r.Transforms = [new Dictionary<string, string>(StringComparer.Ordinal) { ["PathRemovePrefix"] = "/anna" }];
        });
        proxy.AddCluster("demo", c =>
        {
            c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
            foreach (var (name, _, url) in _backends) c.Destinations[name] = new DestinationOptions { Address = url, Weight = name == "cora" ? 2 : 1 };
        });
        proxy.AddCluster("anna", c => c.Destinations["anna"] = new DestinationOptions { Address = _backends[0].Url });
        proxy.Services.Configure<TcpOptions>(tcp => tcp.Listeners[TcpPort] = new() { Address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{tcpPort}"), ClusterId = "demo" });
    }

    public static void PrintWelcome(TextWriter output, string address, IPEndPoint tcp) => output.WriteLine($"""

        The proxy listens on {address}, in front of three backends of its own. Try:

          curl {address}/                    who answers? ask again: they take turns, cora twice as often
          curl {address}/anna/hello          a route of its own to one of them, with the prefix taken off the path
          curl -d 'some text' {address}/echo the body comes back
          curl -N {address}/events           server-sent events, as they happen
          curl {address}/headers             what a backend sees of your request
          curl -i {address}/status/503       any status
          curl http://{tcp}/                    the same servers by a port that passes connections through, byte for byte

        The dashboard: {address}/_net2/

        A configuration of your own:  dotnet run --project samples/ConsoleHost -- --config FILE.json --urls {address}
        Ctrl+C ends it.
        """);

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, app, _) in _backends) await app.DisposeAsync();
    }

    private async Task StartAsync(string name, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // The command line and the environment belong to the proxy: a backend must not listen where that does.
        builder.WebHost.UseSetting(WebHostDefaults.PreferHostingUrlsKey, "true");
        var app = builder.Build();
        app.UseWebSockets();
        app.MapGet("/events", context => SendEventsAsync(context, name));
        app.MapGet("/headers", context => context.Response.WriteAsync(string.Concat(context.Request.Headers.Select(h => $"{h.Key}: {h.Value}\n"))));
        app.MapGet("/status/{code:int:range(200,599)}", (HttpContext context, int code) => context.Response.StatusCode = code);
        app.MapPost("/echo", context => context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted));
        app.Map("/ws", EchoWebSocketAsync);
        app.MapFallback(context => context.Response.WriteAsync($"{name} answers {context.Request.Method} {context.Request.Path}{context.Request.QueryString}\n"));
        await app.StartAsync(cancellationToken);
        _backends.Add((name, app, app.Urls.First()));
    }

    private static async Task SendEventsAsync(HttpContext context, string name)
    {
        context.Response.ContentType = "text/event-stream";
        for (var i = 1; i <= 10; i++)
        {
            await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"data: {i} from {name}\n\n"), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromSeconds(1), context.RequestAborted);
        }
    }

    private static async Task EchoWebSocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
}
