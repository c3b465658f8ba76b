using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Integration.Wire;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>The cache among all else that a route and its cluster do.</summary>
public sealed class RouteTests
{
    private const string Fresh = "Cache-Control: max-age=60";

    [Theory]
    [InlineData("HashCookie")]
    [InlineData("Cookie")]
    public async Task Affinity_ItsCookie_IsForTheOneWhoseRequestReachedADestination(string policy)
    {
        await using var proxy = await CachedProxy.StartAsync(cluster: c => c.SessionAffinity = new() { Enabled = true, Policy = policy, AffinityKeyName = "n2s" });
        var story = proxy.Case().Ok("one", Fresh).Ok("own", "Cache-Control: no-store").Ok("own", "Cache-Control: no-store");
        Assert.StartsWith("n2s=", (await story.GetAsync()).Value("Set-Cookie"), StringComparison.Ordinal);
        foreach (var fields in new[] { "", "Cookie: n2s=odd", "Cookie: a=b" })
        {
            var hit = await story.GetAsync(fields);
            Assert.Equal(("one", "max-age=60", false), (hit.Body, hit.Value("Cache-Control"), hit.Has("Set-Cookie")));
        }

        for (var i = 0; i < 2; i++) Assert.StartsWith("n2s=", (await story.GetAsync(below: "/own")).Value("Set-Cookie"), StringComparison.Ordinal);
        Assert.Equal(3, story.Asked);
    }

    [Fact]
    public async Task Hit_ThatIsReadSlowly_StaysWhatItWas_WhenItIsReplacedMeanwhile()
    {
        const int Requests = 12;
        await using var proxy = await CachedProxy.StartAsync();
        // Of many segments, and in all more than the kernel keeps for a client that does not read.
        var body = string.Concat(Enumerable.Range(0, 200_000).Select(static i => $"{i % 100_000:D5}"));
        var story = proxy.Case().Ok(body, Fresh).Ok("done").Ok(new string('?', body.Length), Fresh);
        Assert.Equal(body, (await story.GetAsync()).Body);
        using var slow = await proxy.ConnectAsync();
        await slow.SendAsync(string.Concat(Enumerable.Repeat($"GET {story.Path} HTTP/1.1\r\nHost: shop.example\r\n\r\n", Requests)));
        Assert.Equal(body, (await slow.ReadMessageAsync()).Body);

        // What the store lets go of is used again for what comes next.
        Assert.Equal("done", (await story.SendAsync("POST", body: "x")).Body);
        Assert.Equal(new string('?', body.Length), (await story.GetAsync()).Body);

        for (var i = 1; i < Requests; i++)
        {
            var answer = (await slow.ReadMessageAsync()).Body;
            Assert.True(answer == body || answer == new string('?', body.Length), $"The body of answer {i} is mixed up.");
        }

        Assert.Equal(3, story.Asked);
    }

    [Fact]
    public async Task Split_TheSides_NeverShare()
    {
        await using var canary = ScriptedOrigin.Answering("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 6\r\n\r\ncanary");
        await using var proxy = await CachedProxy.StartAsync();
        proxy.Proxy.Config.Update(
            [Route(r =>
            {
                r.ClusterId = null;
                r.Split = new SplitOptions { Clusters = [new() { ClusterId = "backend", Weight = 9 }, new() { ClusterId = "canary", Weight = 1 }] };
            })],
            [ProxyUnderTest.Cluster(proxy.OriginAddress), ProxyUnderTest.Cluster(canary.Uri, c => c.ClusterId = "canary")]);
        var story = proxy.Case().Ok("stable", Fresh);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("stable", (await story.GetAsync("Cookie: n2s-split=0")).Body);
            Assert.Equal("canary", (await story.GetAsync("Cookie: n2s-split=9999")).Body);
        }

        Assert.Equal(1, story.Asked);
        // One who has no side yet gets one, hit or not, and the next one another cookie.
        var cookies = new[] { (await story.GetAsync()).Value("Set-Cookie"), (await story.GetAsync()).Value("Set-Cookie") };
        Assert.All(cookies, static cookie => Assert.StartsWith("n2s-split=", cookie, StringComparison.Ordinal));
        // What changes one side changes both.
        story.Ok("done").Ok("stable again", Fresh);
        Assert.Equal("done", (await story.SendAsync("POST", "Cookie: n2s-split=0", body: "x")).Body);
        Assert.Equal("stable again", (await story.GetAsync("Cookie: n2s-split=0")).Body);
    }

    [Fact]
    public async Task UnsafeRequest_OnARouteThatIsNotCached_IsHeardOfOnTheOneThatIs()
    {
        await using var proxy = await CachedProxy.StartAsync();
        proxy.Proxy.Config.Update(
            [Route(r => r.Match.Methods = ["GET"]), ProxyUnderTest.Route(r => (r.RouteId, r.Match.Methods) = ("writes", ["POST"]))], [ProxyUnderTest.Cluster(proxy.OriginAddress)]);
        var story = proxy.Case().Ok("one", Fresh).Ok("done").Ok("two", Fresh);
        Assert.Equal("one", (await story.GetAsync()).Body);
        Assert.Equal("done", (await story.SendAsync("POST", body: "x")).Body);
        Assert.Equal("two", (await story.GetAsync()).Body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Routes_ThatDifferByAField_NeverGetEachOthersResponses(bool isCachedToo)
    {
        await using var beta = ScriptedOrigin.Answering("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\nbeta");
        await using var proxy = await CachedProxy.StartAsync();
        proxy.Proxy.Config.Update(
            [Route(), ProxyUnderTest.Route(r =>
            {
                (r.RouteId, r.ClusterId, r.Order) = ("beta", "beta", -1);
                r.Match.Headers = [new() { Name = "X-Beta", Values = ["1"] }];
                if (isCachedToo) r.ResponseCache = new() { Enabled = true };
            })],
            [ProxyUnderTest.Cluster(proxy.OriginAddress), ProxyUnderTest.Cluster(beta.Uri, c => c.ClusterId = "beta")]);
        var story = proxy.Case().Ok("all", Fresh);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("beta", (await story.GetAsync("X-Beta: 1")).Body);
            Assert.Equal("all", (await story.GetAsync()).Body);
        }

        Assert.Equal(1, story.Asked);
    }

    [Fact]
    public async Task RequestTransform_WhatItSets_IsWhatResponsesVaryBy()
    {
        await using var proxy = await CachedProxy.StartAsync(proxy: b => b.Services.AddNet2Proxy().AddTransforms(context => context.AddRequestTransform(request =>
        {
            request.ProxyRequest.Headers.Remove("X-Tenant");
            request.ProxyRequest.Headers.Add("X-Tenant", request.HttpContext.Request.Cookies["tenant"] ?? "none");
            return ValueTask.CompletedTask;
        })));
        var story = proxy.Case().Ok("red", Fresh + "|Vary: X-Tenant").Ok("blue", Fresh + "|Vary: X-Tenant");
        Assert.Equal("red", (await story.GetAsync("Cookie: tenant=red")).Body);
        Assert.Equal("blue", (await story.GetAsync("Cookie: tenant=blue|X-Tenant: red")).Body);
        Assert.Equal("red", (await story.GetAsync("Cookie: tenant=red|X-Tenant: blue")).Body);
        Assert.Equal(["red", "blue"], story.Requests.Select(static r => r.Value("X-Tenant")));
    }

    [Fact]
    public async Task RequestTransform_OfTheConfiguration_TakesPartInTheChoiceToo()
    {
        await using var proxy = await CachedProxy.StartAsync(route: r => r.Transforms = [new Dictionary<string, string> { ["RequestHeader"] = "X-Tenant", ["Set"] = "red" }]);
        var story = proxy.Case().Ok("red", Fresh + "|Vary: X-Tenant");
        await story.GetAsync();
        Assert.Equal("red", (await story.GetAsync("X-Tenant: blue")).Body);
        Assert.Equal(1, story.Asked);
    }

    [Fact]
    public async Task ResponseTransforms_RunOnHitsAsOnMisses()
    {
        await using var proxy = await CachedProxy.StartAsync(route: r => r.Transforms =
        [
            new Dictionary<string, string> { ["ResponseHeader"] = "X-Run", ["Append"] = "1", ["When"] = "Always" },
            new Dictionary<string, string> { ["ResponseHeaderRemove"] = "X-Secret", ["When"] = "Always" },
        ]);
        var story = proxy.Case().Ok("one", Fresh + "|X-Secret: 1|X-Kept: 1|ETag: \"a\"");
        for (var i = 0; i < 3; i++)
        {
            var answer = await story.GetAsync();
            Assert.Equal(("one", "1", "1", false), (answer.Body, answer.Value("X-Run"), answer.Value("X-Kept"), answer.Has("X-Secret")));
        }

        Assert.Equal((304, "1"), ((await story.GetAsync("If-None-Match: \"a\"")) is var unchanged ? unchanged.Status : 0, unchanged.Value("X-Run")));
        Assert.Equal(1, story.Asked);
    }

    [Fact]
    public async Task Reload_UnderAFetch_LosesNeitherTheResponseNorTheStore()
    {
        await using var proxy = await CachedProxy.StartAsync();
        var (gate, story) = (new TaskCompletionSource(), proxy.Case());
        story.Answer(async (connection, _) =>
        {
            await connection.SendAsync(story.Head("200 OK", Fresh) + "Content-Length: 6\r\n\r\none");
            await gate.Task;
            await connection.SendAsync("two");
        });
        using var client = await story.StartAsync();
        await client.ReadUntilAsync("one");
        proxy.Proxy.Config.Update([Route(r => r.Order = 5)], [ProxyUnderTest.Cluster(proxy.OriginAddress, c => c.HttpClient = new() { MaxConnectionsPerServer = 5 })]);
        using var follower = await story.StartAsync();
        await follower.ReadUntilAsync("one");
        gate.SetResult();
        await client.ReadUntilAsync("two");
        await follower.ReadUntilAsync("two");
        // Other settings, the same store.
        proxy.Proxy.Config.Update([Route(r => r.ResponseCache!.CacheStatus = true)], [ProxyUnderTest.Cluster(proxy.OriginAddress)]);
        var hit = await story.GetAsync();
        Assert.Equal(("onetwo", "Net2Proxy; hit; ttl=60"), (hit.Body, hit.Value("Cache-Status")));
        // And without the cache there is none.
        proxy.Proxy.Config.Update([ProxyUnderTest.Route()], [ProxyUnderTest.Cluster(proxy.OriginAddress)]);
        story.Ok("three");
        Assert.Equal("three", (await story.GetAsync()).Body);
    }

    [Fact]
    public async Task AuthorizationAndLimits_ComeBeforeTheCache()
    {
        await using var origin = ScriptedOrigin.Answering("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 3\r\n\r\none");
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddNet2Proxy().LoadFromMemory([Route(r => (r.AuthorizationPolicy, r.RateLimiterPolicy) = ("known", "three"))], [ProxyUnderTest.Cluster(origin.Uri)]);
        builder.Services.AddAuthorization(o => o.AddPolicy("known", p => p.RequireAssertion(static c => ((HttpContext)c.Resource!).Request.Headers.ContainsKey("X-Known"))));
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, Forbidding>();
        builder.Services.AddRateLimiter(o => o.AddConcurrencyLimiter("never", l => l.PermitLimit = 1).AddFixedWindowLimiter("three", l => (l.PermitLimit, l.Window) = (3, TimeSpan.FromHours(1))));
        await using var app = builder.Build();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.MapNet2Proxy();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = ProxyUnderTest.Patience };

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("1"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("1"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("1"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("1"));
        Assert.Equal(1, origin.Connections);

        async Task<HttpStatusCode> StatusAsync(string? known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            if (known is not null) request.Headers.Add("X-Known", known);
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Upgrade_OnACachedRoute_OpensItsTunnel()
    {
        await using var proxy = await CachedProxy.StartAsync();
        var story = proxy.Case().Ok("one", Fresh);
        await story.GetAsync();
        story.Answer(async (connection, _) =>
        {
            await connection.SendAsync(Answers.Switching);
            await connection.SendAsync("echo " + await connection.ReadAsync(4));
        });
        using var client = await story.StartAsync("GET", "Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Version: 13");
        Assert.Equal(101, (await client.ReadMessageAsync()).Status);
        await client.SendAsync("ping");
        await client.ReadUntilAsync("echo ping");
        Assert.Equal("one", (await story.GetAsync()).Body);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nquery")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nquery\r\n0\r\n\r\n")]
    public async Task GetWithABody_IsBetweenItsClientAndTheOrigin(string framed)
    {
        await using var proxy = await CachedProxy.StartAsync();
        var story = proxy.Case().Ok("one", Fresh);
        await story.GetAsync();
        story.Answer(async (connection, request) =>
        {
            if (request.Has("Transfer-Encoding")) await connection.ReadUntilAsync("0\r\n\r\n");
            await connection.SendAsync(story.Head("200 OK", Fresh) + "Content-Length: 3\r\n\r\ntwo");
        });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync($"GET {story.Path} HTTP/1.1\r\nHost: shop.example\r\n{framed}");
        Assert.Equal("two", (await client.ReadMessageAsync()).Body);
        Assert.Equal("one", (await story.GetAsync()).Body);
        Assert.Equal(2, story.Asked);
    }

    [Fact]
    public async Task Mirror_SeesWhatReachesTheOriginAndNoMore()
    {
        var copies = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var shadow = new ScriptedOrigin(async connection =>
        {
            while (await connection.TryReadHeadAsync() is { } head)
            {
                copies.Enqueue(head.Split(' ')[1]);
                await connection.SendAsync(Answers.Empty);
            }
        });
        await using var proxy = await CachedProxy.StartAsync();
        proxy.Proxy.Config.Update(
            [Route()], [ProxyUnderTest.Cluster(proxy.OriginAddress, c => c.Mirror = new() { ClusterId = "shadow" }), ProxyUnderTest.Cluster(shadow.Uri, c => c.ClusterId = "shadow")]);
        var story = proxy.Case().Ok("one", Fresh).Ok("two", Fresh);
        for (var i = 0; i < 3; i++) Assert.Equal("one", (await story.GetAsync()).Body);
        Assert.Equal("two", (await story.GetAsync(below: "/other")).Body);
        await Eventually.TrueAsync(() => copies.Contains(story.Path + "/other"));
        Assert.Equal([story.Path, story.Path + "/other"], copies.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Retry_BehindTheCache_IsOneMissAndOneResponse()
    {
        await using var proxy = await CachedProxy.StartAsync(cluster: c =>
        {
            c.LoadBalancingPolicy = "FirstAlphabetical";
            c.Destinations["dead"] = new() { Address = "http://127.0.0.1:1/" };
            c.Resilience = new() { Retry = new() { MaxAttempts = 2 } };
        });
        var story = proxy.Case().Ok("one", Fresh);
        var asking = story.GetAsync();
        await PassUntilAsync(proxy, asking);
        Assert.Equal("one", (await asking).Body);
        Assert.Equal("one", (await story.GetAsync()).Body);
        Assert.Equal(1, story.Asked);
    }

    [Fact]
    public async Task Hedging_BehindTheCache_StoresTheAnswerThatWon()
    {
        await using var proxy = await CachedProxy.StartAsync();
        proxy.Proxy.Config.Update(
            [Route()],
            [ProxyUnderTest.Cluster(proxy.OriginAddress, c =>
            {
                c.Destinations["same"] = new() { Address = $"http://localhost:{proxy.OriginAddress.Port}/" };
                c.Resilience = new() { Hedging = new() { Enabled = true, Delay = TimeSpan.FromMilliseconds(100) } };
            })]);
        var lost = new TaskCompletionSource();
        var story = proxy.Case().Answer(async (connection, _) =>
        {
            await connection.WaitForEndAsync();
            lost.SetResult();
        }).Ok("won", Fresh);
        var asking = story.GetAsync();
        await Eventually.TrueAsync(() => story.Asked == 1);
        await PassUntilAsync(proxy, asking);
        Assert.Equal("won", (await asking).Body);
        await lost.Task.WaitAsync(ProxyUnderTest.Patience);
        Assert.Equal("won", (await story.GetAsync()).Body);
        Assert.Equal(2, story.Asked);
    }

    [Fact]
    public async Task TheOrigin_SeesTheProxysFields_WhoeverAsks()
    {
        await using var proxy = await CachedProxy.StartAsync();
        var story = proxy.Case().Ok("one", "Cache-Control: max-age=1, stale-while-revalidate=60|ETag: \"a\"").NotModified("Cache-Control: max-age=1, stale-while-revalidate=60").NotModified();
        await story.GetAsync();
        proxy.Pass(5);
        // In the background, when the client's request is over.
        await story.GetAsync();
        await Eventually.TrueAsync(() => story.Asked == 2);
        proxy.Pass(100);
        await story.GetAsync();
        foreach (var request in story.Requests)
        {
            Assert.Equal(("1.1 net2", "127.0.0.1", "http", "shop.example"), (request.Value("Via"), request.Value("X-Forwarded-For"), request.Value("X-Forwarded-Proto"), request.Value("X-Forwarded-Host")));
            Assert.Equal($"GET {story.Path} HTTP/1.1", request.StartLine);
        }

        Assert.Equal([false, true, true], story.Requests.Select(static r => r.Has("If-None-Match")));
    }

    [Theory]
    [InlineData("Vary: X-Forwarded-For")]
    [InlineData("Vary: X-Forwarded-Host, Via")]
    public async Task WhatTheProxySays_CanBeVariedBy(string vary)
    {
        await using var proxy = await CachedProxy.StartAsync();
        var story = proxy.Case().Ok("one", $"{Fresh}|{vary}");
        await story.GetAsync();
        // The client's own word of it does not reach the origin.
        Assert.Equal("one", (await story.GetAsync("X-Forwarded-For: 10.1.1.1")).Body);
        Assert.Equal(1, story.Asked);
    }

    private static async Task PassUntilAsync(CachedProxy proxy, Task asking)
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (!asking.IsCompleted)
        {
            proxy.Pass(0.1);
            await Task.Delay(2, patience.Token);
        }
    }

    private static RouteOptions Route(Action<RouteOptions>? configure = null) => ProxyUnderTest.Route(r =>
    {
        r.ResponseCache = new ResponseCacheOptions { Enabled = true };
        configure?.Invoke(r);
    });

    private sealed class Forbidding : IAuthorizationMiddlewareResultHandler
    {
        public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        {
            if (authorizeResult.Succeeded) return next(context);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
    }
}
