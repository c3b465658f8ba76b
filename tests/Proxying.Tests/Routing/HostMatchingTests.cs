using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Routing;

/// <summary>Which host, with which port, takes which route.</summary>
public sealed class HostMatchingTests
{
    [Theory]
    [InlineData("shop.example", "http://shop.example/", true)]
    [InlineData("shop.example", "http://SHOP.example/", true)]
    [InlineData("shop.example", "http://shop.example:8080/", true)]
    [InlineData("shop.example", "http://www.shop.example/", false)]
    [InlineData("shop.example:8080", "http://shop.example:8080/", true)]
    [InlineData("shop.example:8080", "http://shop.example/", false)]
    [InlineData("shop.example:80", "http://shop.example/", true)]
    [InlineData("shop.example:443", "https://shop.example/", true)]
    [InlineData("*.shop.example", "http://www.shop.example/", true)]
    [InlineData("*.shop.example", "http://a.b.shop.example/", true)]
    [InlineData("*.shop.example", "http://shop.example/", false)]
    [InlineData("*.shop.example", "http://notshop.example/", false)]
    [InlineData("*.shop.example:8080", "http://www.shop.example:8080/", true)]
    [InlineData("*.shop.example:8080", "http://www.shop.example:8081/", false)]
    [InlineData("*", "http://anything/", true)]
    [InlineData("*:8080", "http://anything:8080/", true)]
    [InlineData("*:8080", "http://anything:8081/", false)]
    [InlineData("10.0.0.1", "http://10.0.0.1/", true)]
    [InlineData("10.0.0.1:81", "http://10.0.0.1:81/", true)]
    [InlineData("[::1]", "http://[::1]/", true)]
    [InlineData("[::1]", "http://[::1]:8080/", true)]
    [InlineData("[::1]", "http://[::2]/", false)]
    [InlineData("[::1]:8080", "http://[::1]:8080/", true)]
    [InlineData("[::1]:8080", "http://[::1]:8081/", false)]
    [InlineData("[2001:DB8::1]", "http://[2001:db8::1]/", true)]
    [InlineData("[2001:db8:0:0:0:0:0:1]", "http://[2001:db8::1]/", true)]
    public async Task Match_Host_TakesThatHostAndPort(string host, string url, bool matches)
    {
        await using var proxy = Proxy(("r", [host]));
        Assert.Equal(matches ? "r" : null, await proxy.RouteOfAsync(url));
    }

    [Fact]
    public async Task Match_SeveralHosts_AnyOfThemServes()
    {
        await using var proxy = Proxy(("r", ["a.example", "*.b.example:81", "[::1]"]), ("other", []));
        Assert.Equal("r", await proxy.RouteOfAsync("http://a.example/"));
        Assert.Equal("r", await proxy.RouteOfAsync("http://x.b.example:81/"));
        Assert.Equal("r", await proxy.RouteOfAsync("http://[::1]/"));
        Assert.Equal("other", await proxy.RouteOfAsync("http://c.example/"));
    }

    [Fact]
    public async Task Match_SeveralRoutes_TheMoreSpecificHostWins()
    {
        await using var proxy = Proxy(("a-none", []), ("b-all", ["*:8080"]), ("c-wild", ["*.example"]), ("d-wilder", ["*.shop.example"]), ("e-exact", ["www.shop.example"]), ("f-v6", ["[::1]"]));
        Assert.Equal("e-exact", await proxy.RouteOfAsync("http://www.shop.example/"));
        Assert.Equal("d-wilder", await proxy.RouteOfAsync("http://api.shop.example/"));
        Assert.Equal("c-wild", await proxy.RouteOfAsync("http://shop.example/"));
        Assert.Equal("a-none", await proxy.RouteOfAsync("http://other/"));
        Assert.Equal("b-all", await proxy.RouteOfAsync("http://other:8080/"));
        Assert.Equal("f-v6", await proxy.RouteOfAsync("http://[::1]/"));
    }

    [Fact]
    public async Task Match_SameHostWithAndWithoutPort_ThePortWins()
    {
        await using var proxy = Proxy(("a", ["shop.example"]), ("b", ["shop.example:8080"]), ("c", ["*.example:8080"]), ("d", ["*.example"]));
        Assert.Equal("b", await proxy.RouteOfAsync("http://shop.example:8080/"));
        Assert.Equal("a", await proxy.RouteOfAsync("http://shop.example/"));
        Assert.Equal("c", await proxy.RouteOfAsync("http://x.example:8080/"));
        Assert.Equal("d", await proxy.RouteOfAsync("http://x.example/"));
    }

    private static ConfiguredProxy Proxy(params (string Name, string[] Hosts)[] routes) => ConfiguredProxy.Create(proxy =>
    {
        proxy.AddCluster("c", c => c.Destinations["d"] = new() { Address = "http://127.0.0.1:1/" });
        foreach (var (name, hosts) in routes)
        {
            proxy.AddRoute(name, route =>
            {
                route.ClusterId = "c";
                route.Match.Path = "/{**rest}";
                route.Match.Hosts = [.. hosts];
            });
        }
    });
}
