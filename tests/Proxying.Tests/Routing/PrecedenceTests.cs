using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Routing;

/// <summary>Which of several routes that match is taken: by order, path, method, host, fields, query, and at last by name.</summary>
public sealed class PrecedenceTests
{
    [Fact]
    public async Task Match_LowerOrder_WinsOverEverythingElse()
    {
        await using var proxy = Proxy(
            ("exact", r => r.Match.Path = "/a/b"),
            ("first", r => (r.Match.Path, r.Order) = ("/{**rest}", -1)),
            ("last", r => (r.Match.Path, r.Order) = ("/a/c", int.MaxValue)),
            ("early", r => (r.Match.Path, r.Order, r.Match.Hosts) = ("/a/b", int.MinValue, ["early.example"])));
        Assert.Equal("first", await proxy.RouteOfAsync("http://x/a/b"));
        Assert.Equal("first", await proxy.RouteOfAsync("http://x/a/c"));
        Assert.Equal("early", await proxy.RouteOfAsync("http://early.example/a/b"));
    }

    [Fact]
    public async Task Match_Path_TheMoreSpecificTemplateWins()
    {
        await using var proxy = Proxy(
            ("all", r => r.Match.Path = "/{**rest}"),
            ("api", r => r.Match.Path = "/api/{**rest}"),
            ("parameter", r => r.Match.Path = "/api/{id}"),
            ("constrained", r => r.Match.Path = "/api/{id:int}"),
            ("literal", r => r.Match.Path = "/api/users"));
        Assert.Equal("literal", await proxy.RouteOfAsync("http://x/api/users"));
        Assert.Equal("literal", await proxy.RouteOfAsync("http://x/API/Users"));
        Assert.Equal("constrained", await proxy.RouteOfAsync("http://x/api/7"));
        Assert.Equal("parameter", await proxy.RouteOfAsync("http://x/api/seven"));
        Assert.Equal("api", await proxy.RouteOfAsync("http://x/api/a/b"));
        Assert.Equal("api", await proxy.RouteOfAsync("http://x/api"));
        Assert.Equal("all", await proxy.RouteOfAsync("http://x/apis"));
    }

    [Theory]
    [InlineData("GET", "get")]
    [InlineData("get", "get")]
    [InlineData("POST", "write")]
    [InlineData("PUT", "write")]
    [InlineData("PURGE", "purge")]
    [InlineData("DELETE", "any")]
    public async Task Match_Methods_AnyOfTheListServes(string method, string route)
    {
        await using var proxy = Proxy(
            ("any", r => r.Match.Path = "/{**rest}"),
            ("get", r => (r.Match.Path, r.Match.Methods) = ("/{**rest}", ["GET", "HEAD"])),
            ("write", r => (r.Match.Path, r.Match.Methods) = ("/{**rest}", ["post", "Put"])),
            ("purge", r => (r.Match.Path, r.Match.Methods) = ("/{**rest}", ["PURGE"])));
        Assert.Equal(route, await proxy.RouteOfAsync("http://x/", method));
    }

    [Fact]
    public async Task Match_EqualPath_MethodThenHostThenFieldsThenQueryDecide()
    {
        await using var proxy = Proxy(
            ("1-query", r => (r.Match.Path, r.Match.QueryParameters) = ("/{**rest}", [new() { Name = "q", Mode = QueryParameterMatchMode.Exists }])),
            ("2-field", r => (r.Match.Path, r.Match.Headers) = ("/{**rest}", [new() { Name = "F", Mode = HeaderMatchMode.Exists }])),
            ("3-host", r => (r.Match.Path, r.Match.Hosts) = ("/{**rest}", ["h.example"])),
            ("4-method", r => (r.Match.Path, r.Match.Methods) = ("/{**rest}", ["GET"])));
        Assert.Equal("4-method", await proxy.RouteOfAsync("http://h.example/?q=1", "GET", ("F", "1")));
        Assert.Equal("3-host", await proxy.RouteOfAsync("http://h.example/?q=1", "PUT", ("F", "1")));
        Assert.Equal("2-field", await proxy.RouteOfAsync("http://x/?q=1", "PUT", ("F", "1")));
        Assert.Equal("1-query", await proxy.RouteOfAsync("http://x/?q=1", "PUT"));
        Assert.Null(await proxy.RouteOfAsync("http://x/", "PUT"));
    }

    [Fact]
    public async Task Match_MoreConditions_WinOverFewer()
    {
        await using var proxy = Proxy(
            ("a", r => (r.Match.Path, r.Match.Headers) = ("/", [new() { Name = "A", Mode = HeaderMatchMode.Exists }])),
            ("b", r => (r.Match.Path, r.Match.Headers) = ("/", [new() { Name = "A", Mode = HeaderMatchMode.Exists }, new() { Name = "B", Mode = HeaderMatchMode.Exists }])));
        Assert.Equal("b", await proxy.RouteOfAsync("http://x/", "GET", ("A", "1"), ("B", "1")));
        Assert.Equal("a", await proxy.RouteOfAsync("http://x/", "GET", ("A", "1")));
    }

    [Fact]
    public async Task Match_NothingDecides_TheNameThatComesFirstWins()
    {
        await using var proxy = Proxy(
            ("b", r => (r.Match.Path, r.Match.Headers) = ("/", [new() { Name = "B", Mode = HeaderMatchMode.Exists }])),
            ("a", r => (r.Match.Path, r.Match.Headers) = ("/", [new() { Name = "A", Mode = HeaderMatchMode.Exists }])));
        Assert.Equal("a", await proxy.RouteOfAsync("http://x/", "GET", ("A", "1"), ("B", "1")));
        Assert.Equal("b", await proxy.RouteOfAsync("http://x/", "GET", ("B", "1")));
    }

    [Theory]
    [InlineData("/a/{x}", "/a/{x}")]
    [InlineData("/A", "/a")]
    [InlineData("/a/{x}", "/a/{y}")]
    public void Match_SameAsAnotherRoutes_IsRefused(string first, string second)
    {
        var error = Assert.Single(Assert.Throws<ProxyConfigException>(() => Proxy(("one", r => r.Match.Path = first), ("two", r => r.Match.Path = second))).Errors);
        Assert.Equal("Routes:two:Match", error.Path);
        Assert.Contains("Routes:one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Match_HostOnly_TakesEveryPath()
    {
        await using var proxy = Proxy(("r", r => r.Match.Hosts = ["h.example"]));
        Assert.Equal("r", await proxy.RouteOfAsync("http://h.example/any/path?q"));
        Assert.Null(await proxy.RouteOfAsync("http://other/any"));
    }

    private static ConfiguredProxy Proxy(params (string Name, Action<RouteOptions> Configure)[] routes) => ConfiguredProxy.Create(p =>
    {
        p.AddCluster("c", _ => { });
        foreach (var (name, configure) in routes)
        {
            p.AddRoute(name, r =>
            {
                r.ClusterId = "c";
                configure(r);
            });
        }
    });
}
