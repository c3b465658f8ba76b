using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;

namespace Net2Secure.Routing.Integration.Affinity;

/// <summary>How the key gets to the client and back: over every protocol, beside what the destination sets, and whatever clients make of it.</summary>
public sealed class CarryingTests
{
    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Fact]
    public async Task Cookie_AnyValue_IsNeitherAnErrorNorTheEndOfTheConnection()
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        foreach (var policy in (string[])["HashCookie", "ArrCookie", "Cookie", "LearnedCookie"])
        {
            var proxy = await backends.ProxyAsync(a => (a.Policy, a.FailurePolicy) = (policy, "Return503Error"));
            using var client = await RawClient.ConnectAsync(proxy.Address);
            foreach (var value in (string[])
            [
                "", "x", "\"x\"", "=", "a=b", "n2s", ";;", "\u00e4\u00f6\u00fc", "\u00ff\u00fe", new string('A', 32), new string('A', 4096), new string('0', 64), "%00%ff", "CfDJ8" + new string('A', 90),
                "a; n2s=b", "a; n2s=a; n2s=a", "../..", "<script>",
            ])
            {
                // The application's own cookie goes on as it is, and what a backend says of such bytes is its own affair.
                if (policy == "LearnedCookie" && value.Any(c => c > '~')) continue;
                await client.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nCookie: n2s={value}\r\n\r\n");
                var answer = await client.ReadResponseAsync();
                Assert.True(answer.Status == 200, $"{policy}: '{value}' was answered by {answer.Status}.");
                if (policy != "LearnedCookie") Assert.Contains("\r\nSet-Cookie: n2s=", answer.Head, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public async Task CookieField_SplitOverHttp2_IsReadAndTheRestPassedOn()
    {
        await using var backends = await BackendsUnderTest.StartAsync((context, name) => context.Response.WriteAsync($"{name} {context.Request.Headers.Cookie}"));
        var proxy = await backends.ProxyAsync(app: b => b.WebHost.ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2)));
        using var client = proxy.CreateClient(HttpVersion.Version20);
        var browser = new Browser(client);
        var home = (await browser.GetAsync()).Split(' ')[0];
        var key = browser.Cookie!;
        for (var i = 0; i < 4; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            request.Headers.TryAddWithoutValidation("Cookie", ["a=1", key, "b=2"]);
            using var answer = await client.SendAsync(request, Patience);
            Assert.Equal($"{home} a=1; b=2", await answer.Content.ReadAsStringAsync(Patience));
        }
    }

    [Fact]
    public async Task WebSocket_Handshake_BringsTheCookieAndObeysIt()
    {
        await using var backends = await BackendsUnderTest.StartAsync(
            async (context, name) =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(name), WebSocketMessageType.Text, endOfMessage: true, Patience);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Patience);
            },
            pipeline: app => app.UseWebSockets());
        var proxy = await backends.ProxyAsync();
        string? home = null, cookie = null;
        for (var i = 0; i < 5; i++)
        {
            using var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            if (cookie is not null) socket.Options.SetRequestHeader("Cookie", cookie);
            await socket.ConnectAsync(new UriBuilder(proxy.Address) { Scheme = "ws" }.Uri, Patience);
            var buffer = new byte[10];
            var received = await socket.ReceiveAsync(buffer, Patience);
            var name = System.Text.Encoding.ASCII.GetString(buffer, 0, received.Count);
            Assert.Equal(home ??= name, name);
            Assert.Equal(i == 0, socket.HttpResponseHeaders!.TryGetValue("Set-Cookie", out var set));
            cookie ??= set!.Single().Split(';')[0];
        }
    }

    [Fact]
    public async Task Grpc_TrailersOnly_BringsTheCookieInItsHead()
    {
        await using var backends = await BackendsUnderTest.StartAsync(
            (context, name) =>
            {
                context.Response.ContentType = "application/grpc";
                context.Response.Headers["server-name"] = name;
                context.Response.Headers["grpc-status"] = "5";
                return Task.CompletedTask;
            },
            HttpProtocols.Http2);
        var proxy = await backends.ProxyAsync(
            cluster: c => c.HttpRequest = new() { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
            app: b => b.WebHost.ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2)));
        using var client = proxy.CreateClient(HttpVersion.Version20);
        var browser = new Browser(client);
        string? home = null;
        for (var i = 0; i < 5; i++)
        {
            using var answer = await browser.SendAsync();
            Assert.Equal("5", answer.Headers.GetValues("grpc-status").Single());
            Assert.Equal(home ??= answer.Headers.GetValues("server-name").Single(), answer.Headers.GetValues("server-name").Single());
            Assert.Equal(i == 0 ? 1 : 0, browser.SetCookies.Length);
        }
    }

    [Fact]
    public async Task FieldsOfTheDestination_LeftBehindByTheRoute_DoNotTakeTheCookieAlong()
    {
        await using var backends = await BackendsUnderTest.StartAsync((context, name) =>
        {
            context.Response.Headers["X-Inside"] = "1";
            context.Response.Headers.Append("Set-Cookie", "inside=1");
            return context.Response.WriteAsync(name);
        });
        var proxy = await backends.ProxyAsync(route: r => r.Transforms.Add(new Dictionary<string, string> { ["ResponseHeadersCopy"] = "false" }));
        using var client = proxy.CreateClient();
        var browser = new Browser(client);
        using var answer = await browser.SendAsync();
        Assert.False(answer.Headers.Contains("X-Inside"));
        Assert.StartsWith("n2s=", Assert.Single(browser.SetCookies), StringComparison.Ordinal);
        Assert.Equal(await answer.Content.ReadAsStringAsync(Patience), await browser.GetAsync());
    }

    [Fact]
    public async Task Header_InPlaceOfACookie_KeepsClientsThatSendItBack()
    {
        await using var backends = await BackendsUnderTest.StartAsync((context, name) => context.Response.WriteAsync($"{name} {context.Request.Headers["X-Affinity"]}"));
        var proxy = await backends.ProxyAsync(a => (a.Policy, a.AffinityKeyName) = ("CustomHeader", "X-Affinity"));
        using var client = proxy.CreateClient();
        using var first = await new Browser(client).SendAsync();
        var key = first.Headers.GetValues("X-Affinity").Single();
        Assert.Equal("private=\"X-Affinity\"", first.Headers.CacheControl!.ToString());
        var home = await first.Content.ReadAsStringAsync(Patience);
        for (var i = 0; i < 5; i++)
        {
            using var answer = await new Browser(client).SendAsync(change: r => r.Headers.Add("X-Affinity", key));
            Assert.Equal(home, await answer.Content.ReadAsStringAsync(Patience));
            Assert.False(answer.Headers.Contains("X-Affinity"));
        }
    }

    [Theory]
    [InlineData("SameAsRequest", true, true)]
    [InlineData("SameAsRequest", false, false)]
    [InlineData("Always", false, true)]
    public async Task Cookie_OverASecureFront_IsSecure(string policy, bool isHttps, bool isSecure)
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        var proxy = await backends.ProxyAsync(
            a => a.Cookie = new() { SecurePolicy = policy },
            app: b => b.Services.AddSingleton<IStartupFilter>(new Before(app => app.Use((context, next) =>
            {
                // As behind a front that ends TLS.
                context.Request.Scheme = isHttps ? "https" : "http";
                return next(context);
            }))));
        using var client = proxy.CreateClient();
        var browser = new Browser(client);
        await browser.GetAsync();
        Assert.Equal(isSecure, browser.SetCookies.Single().EndsWith("; Secure", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cookie_ClientHasNotConsented_IsIssuedOnlyWhenEssential(bool isEssential)
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        var proxy = await backends.ProxyAsync(
            a => a.Cookie = new() { IsEssential = isEssential },
            app: b =>
            {
                b.Services.Configure<CookiePolicyOptions>(o => o.CheckConsentNeeded = _ => true);
                b.Services.AddSingleton<IStartupFilter>(new Before(app => app.UseCookiePolicy()));
            });
        using var client = proxy.CreateClient();
        var browser = new Browser(client);
        await browser.GetAsync();
        Assert.Equal(isEssential ? 1 : 0, browser.SetCookies.Length);
    }

    private sealed class Before(Action<IApplicationBuilder> add) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            add(app);
            next(app);
        };
    }
}
