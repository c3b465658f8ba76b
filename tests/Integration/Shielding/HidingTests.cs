using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Shielding;

/// <summary>Nothing that a client gets says what stands behind the proxy, where that is hidden.</summary>
public sealed class HidingTests
{
    [Theory]
    [InlineData(true, null, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, null, false)]
    public async Task Fields_AreTakenAway_ForAllOrForARoute(bool forAll, bool? ofRoute, bool hidden)
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => s.HideBackend = forAll, r => r.HideBackend = ofRoute, TellAll);
        using var response = await GetAsync(proxy);
        foreach (var field in new[] { "Server", "X-Powered-By", "X-AspNet-Version", "Via" }) Assert.Equal(!hidden, response.Headers.Contains(field));
        Assert.True(response.Headers.Contains("X-Kept"));
    }

    [Fact]
    public async Task Fields_OfAListOfOnesOwn_AreTheOnesTakenAway()
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => (s.HideBackend, s.HiddenFields) = (true, ["X-Kept"]), backend: TellAll);
        using var response = await GetAsync(proxy);
        Assert.True(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("X-Kept"));
    }

    [Fact]
    public async Task Fields_AreNotInHitsOfTheCacheEither()
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => s.HideBackend = true, r => r.ResponseCache = new ResponseCacheOptions { Enabled = true }, context =>
        {
            context.Response.Headers.CacheControl = "max-age=1000";
            return TellAll(context);
        });
        using var first = await GetAsync(proxy);
        using var hit = await GetAsync(proxy);
        Assert.NotNull(hit.Headers.Age);
        Assert.False(first.Headers.Contains("Server"));
        Assert.False(hit.Headers.Contains("Server"));
        Assert.False(hit.Headers.Contains("X-Powered-By"));
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(599, true)]
    [InlineData(404, false)]
    public async Task ErrorPages_OfTheServer_AreReplaced(int status, bool replaced)
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => s.HideBackend = true, backend: context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["X-Kept"] = "y";
            context.Response.Headers.RetryAfter = "7";
            return context.Response.WriteAsync("at Shop.Basket.Pay() in /src/Basket.cs:line 7");
        });
        using var response = await GetAsync(proxy);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(!replaced, body.Contains("Basket", StringComparison.Ordinal));
        Assert.Equal(!replaced, response.Headers.Contains("X-Kept"));
        Assert.Equal("7", response.Headers.GetValues("Retry-After").Single());
        if (!replaced) return;
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains($"\"status\":{status}", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorPages_StayWhereThatIsSet()
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => (s.HideBackend, s.ReplaceErrorPages) = (true, false), backend: context =>
        {
            context.Response.StatusCode = 500;
            context.Response.Headers.Server = "secret";
            return context.Response.WriteAsync("page");
        });
        using var response = await GetAsync(proxy);
        Assert.Equal("page", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(response.Headers.Contains("Server"));
    }

    // BACKEND stands for the destination's address as it is known to the proxy.
    [Theory]
    [InlineData("Location", "http://BACKEND/app/login?x=1#y", "http://shop.example/login?x=1#y")]
    [InlineData("Location", "http://BACKEND/other", "http://shop.example/other")]
    [InlineData("Location", "http://BACKEND/application", "http://shop.example/application")]
    [InlineData("Location", "http://BACKEND", "http://shop.example")]
    [InlineData("Location", "//BACKEND/x", "//shop.example/x")]
    [InlineData("Location", "http://user:word@BACKEND/x", "http://shop.example/x")]
    [InlineData("Location", "http://inner.name/x", "http://shop.example/x")]
    [InlineData("Location", "http://elsewhere.example/x?to=http://BACKEND/", "http://elsewhere.example/x?to=http://BACKEND/")]
    [InlineData("Location", "/relative?to=http://BACKEND/", "/relative?to=http://BACKEND/")]
    [InlineData("Location", "http://BACKEND.evil.example/x", "http://BACKEND.evil.example/x")]
    [InlineData("Content-Location", "http://BACKEND/x", "http://shop.example/x")]
    [InlineData("Refresh", "5; url=http://BACKEND/x", "5; url=http://shop.example/x")]
    [InlineData("Refresh", "5; URL='http://BACKEND/x'", "5; URL='http://shop.example/x'")]
    [InlineData("Refresh", "5", "5")]
    [InlineData("Set-Cookie", "a=b; Domain=127.0.0.1; Path=/", "a=b; Domain=shop.example; Path=/")]
    [InlineData("Set-Cookie", "a=b; Path=/; domain=.inner.name", "a=b; Path=/; Domain=shop.example")]
    [InlineData("Set-Cookie", "a=b; Domain=other.example", "a=b; Domain=other.example")]
    [InlineData("Set-Cookie", "domain=inner.name; Path=/", "domain=inner.name; Path=/")]
    public async Task Addresses_OfDestinations_BecomeThePublicOne(string field, string sent, string got)
    {
        Uri? address = null;
        await using var backend = await ProxyUnderTest.StartBackendAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers[field] = sent.Replace("BACKEND", address!.Authority, StringComparison.Ordinal);
            return Task.CompletedTask;
        });
        address = new Uri(backend.Urls.First());
        await using var proxy = await ProxyUnderTest.StartAsync(
            new Uri(address, "/app"), r => r.HideBackend = true, c => c.Destinations["only"].Host = "inner.name");
        using var client = proxy.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "shop.example" } };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var values = response.Headers.NonValidated.TryGetValues(field, out var found) ? found : response.Content.Headers.NonValidated[field];
        Assert.Equal(got.Replace("BACKEND", address.Authority, StringComparison.Ordinal), values.ToString());
    }

    private static async Task<HttpResponseMessage> GetAsync(ProxyUnderTest proxy)
    {
        using var client = proxy.CreateClient();
        return await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
    }

    private static Task TellAll(HttpContext context)
    {
        context.Response.Headers.Server = "Secret/1.0";
        context.Response.Headers["X-Powered-By"] = "secrets";
        context.Response.Headers["X-AspNet-Version"] = "4";
        context.Response.Headers.Via = "1.1 inner";
        context.Response.Headers["X-Kept"] = "yes";
        return context.Response.WriteAsync("page");
    }
}
