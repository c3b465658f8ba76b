using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>What the settings of a route change.</summary>
public sealed class SettingsTests
{
    private const string Fresh = "Cache-Control: max-age=60";

    [Theory]
    [InlineData(StoreSetCookie.Always, "Cache-Control: max-age=60", true)]
    [InlineData(StoreSetCookie.WhenPublic, "Cache-Control: max-age=60", false)]
    [InlineData(StoreSetCookie.WhenPublic, "Cache-Control: max-age=60, public", true)]
    [InlineData(StoreSetCookie.Never, "Cache-Control: max-age=60, public", false)]
    public async Task StoreSetCookie_DecidesOfResponsesWithCookies(StoreSetCookie setting, string fields, bool isStored)
    {
        await using var proxy = await CachedProxy.StartAsync(route: r => r.ResponseCache!.StoreSetCookie = setting);
        var story = proxy.Case().Ok("one", fields + "|Set-Cookie: a=1").Ok("two");
        Assert.Equal("a=1", (await story.GetAsync()).Value("Set-Cookie"));
        var second = await story.GetAsync();
        Assert.Equal((isStored ? "one" : "two", isStored), (second.Body, second.Has("Set-Cookie")));
    }

    [Theory]
    [InlineData("Cache-Control: no-cache")]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Cache-Control: max-age=0")]
    [InlineData("Pragma: no-cache")]
    public async Task IgnoreRequestDirectives_TurnsADeafEar(string wish)
    {
        await using var proxy = await CachedProxy.StartAsync(route: r => r.ResponseCache!.IgnoreRequestDirectives = true);
        var story = proxy.Case().Ok("one", Fresh);
        await story.GetAsync(wish);
        Assert.Equal("one", (await story.GetAsync(wish)).Body);
        Assert.Equal(1, story.Asked);
    }

    [Fact]
    public async Task MaxStaleWhenUnreachable_OfNothing_ServesNothingStale()
    {
        await using var proxy = await CachedProxy.StartAsync(route: r => r.ResponseCache!.MaxStaleWhenUnreachable = TimeSpan.Zero);
        var story = proxy.Case().Ok("one", Fresh);
        await story.GetAsync();
        proxy.Pass(61);
        Assert.Equal(502, (await story.GetAsync()).Status);
    }

    [Fact]
    public async Task NegativeLifetime_IsThatOfErrorsThatSayNothing()
    {
        await using var proxy = await CachedProxy.StartAsync(route: r => r.ResponseCache!.NegativeLifetime = TimeSpan.FromSeconds(10));
        var story = proxy.Case().Status("404 Not Found", "none").Ok("there").Status("403 Forbidden", "no").Ok("yes");
        await story.GetAsync();
        proxy.Pass(9);
        Assert.Equal("none", (await story.GetAsync()).Body);
        proxy.Pass(2);
        Assert.Equal("there", (await story.GetAsync()).Body);
        Assert.Equal("no", (await story.GetAsync(below: "/other")).Body);
        Assert.Equal("yes", (await story.GetAsync(below: "/other")).Body);
    }

    [Theory]
    [InlineData(2000, false)]
    [InlineData(1000, true)]
    public async Task MaxBodyBytes_WhatIsLarger_IsPassedOnWhole(int size, bool isStored)
    {
        await using var proxy = await CachedProxy.StartAsync(route: r => r.ResponseCache!.MaxBodyBytes = 1024);
        foreach (var chunked in new[] { false, true })
        {
            var story = proxy.Case();
            var body = new string('a', size);
            var head = story.Head("200 OK", Fresh);
            story.Answer(head + (chunked ? $"Transfer-Encoding: chunked\r\n\r\n{size:x}\r\n{body}\r\n0\r\n\r\n" : $"Content-Length: {size}\r\n\r\n{body}")).Ok("anew");
            Assert.Equal(body, (await story.GetAsync()).Content);
            Assert.Equal(isStored ? body : "anew", (await story.GetAsync()).Content);
        }
    }

    [Fact]
    public async Task Disabled_IsAsIfTheSectionWereNotThere()
    {
        await using var proxy = await CachedProxy.StartAsync(route: r => r.ResponseCache!.Enabled = false);
        var story = proxy.Case().Ok("one", Fresh).Ok("two", Fresh);
        await story.GetAsync();
        Assert.Equal("two", (await story.GetAsync()).Body);
    }
}
