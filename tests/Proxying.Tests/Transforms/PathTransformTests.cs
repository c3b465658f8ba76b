using Microsoft.AspNetCore.Routing;

namespace Net2Secure.Routing.Proxying.Tests.Transforms;

/// <summary>Changes of the path, from configuration and from code, escapes included (RFC 3986 §3.3).</summary>
public sealed class PathTransformTests
{
    [Theory]
    [InlineData("/api", "/a", "/api/a")]
    [InlineData("/api/", "/a", "/api/a")]
    [InlineData("api", "/a", "/api/a")]
    [InlineData("/api", "/", "/api/")]
    [InlineData("/api", "/a%2Fb//c;x=1?q=%20", "/api/a%2Fb//c;x=1?q=%20")]
    [InlineData("/m\u00fcller x", "/a", "/m%C3%BCller%20x/a")]
    [InlineData("/a%2Fb", "/a", "/a%2Fb/a")]
    public async Task PathPrefix_GoesInFront(string prefix, string target, string expected) => await AssertBothAsync(["PathPrefix", prefix], c => c.AddPathPrefix(prefix), target, expected);

    [Theory]
    [InlineData("/api", "/api/a", "/a")]
    [InlineData("/API/", "/api/a", "/a")]
    [InlineData("/api", "/api", "/")]
    [InlineData("/api", "/api?q", "/?q")]
    [InlineData("/api", "/apis/a", "/apis/a")]
    [InlineData("/api", "/b/api", "/b/api")]
    [InlineData("/api", "/%61pi/a%2Fb", "/a%2Fb")]
    [InlineData("/a/b", "/a%2Fb/c", "/a%2Fb/c")]
    public async Task PathRemovePrefix_TakesWholeSegments(string prefix, string target, string expected)
        => await AssertBothAsync(["PathRemovePrefix", prefix], c => c.AddPathRemovePrefix(prefix), target, expected);

    [Theory]
    [InlineData("/new", "/a/b?q=1", "/new?q=1")]
    [InlineData("/x y", "/a", "/x%20y")]
    public async Task PathSet_Replaces(string path, string target, string expected) => await AssertBothAsync(["PathSet", path], c => c.AddPathSet(path), target, expected);

    [Theory]
    [InlineData("/v2/{id}/{**rest}", "/o/a%2Fb/x/y?q", "/v2/a%2Fb/x/y?q")]
    [InlineData("/v2/x-{id}", "/o/7/x", "/v2/x-7")]
    [InlineData("/v2/{rest}", "/o/7/x/y", "/v2/x%2Fy")]
    [InlineData("/v2/{missing}/end", "/o/7/x", "/v2/end")]
    [InlineData("/v2/{missing=none}/end", "/o/7/x", "/v2/none/end")]
    [InlineData("/v2/", "/o/7/x", "/v2/")]
    public async Task PathPattern_IsFilledWithRouteValues(string pattern, string target, string expected)
    {
        var path = target.Split('?')[0][3..];
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var values = new RouteValueDictionary { ["id"] = path[..slash], ["rest"] = path[(slash + 1)..] };
        foreach (var run in new[]
        {
            TransformRun.Compile(r => r.WithTransformPathRouteValues(pattern), path: "/o/{id}/{**rest}"), TransformRun.FromCode(c => c.AddPathRouteValues(pattern), "/o/{id}/{**rest}"),
        })
        {
            Assert.Equal(expected, await run.PathAndQueryAsync(target, values));
        }
    }

    [Fact]
    public async Task SeveralChanges_RunInTheirOrder()
    {
        var run = TransformRun.FromEntries(["PathRemovePrefix", "/a"], ["PathPrefix", "/b"], ["PathRemovePrefix", "/b/x"]);
        Assert.Equal("/y", await run.PathAndQueryAsync("/a/x/y"));
    }

    [Fact]
    public async Task ExtensionsOfARoute_AddTheEntries()
    {
        Assert.Equal("/p/a", await TransformRun.Compile(r => r.WithTransformPathPrefix("/p")).PathAndQueryAsync("/a"));
        Assert.Equal("/a", await TransformRun.Compile(r => r.WithTransformPathRemovePrefix("/p")).PathAndQueryAsync("/p/a"));
        Assert.Equal("/s", await TransformRun.Compile(r => r.WithTransformPathSet("/s")).PathAndQueryAsync("/p/a"));
    }

    private static async Task AssertBothAsync(string[] entry, Action<TransformBuilderContext> code, string target, string expected)
    {
        Assert.Equal(expected, await TransformRun.FromEntries(entry).PathAndQueryAsync(target));
        Assert.Equal(expected, await TransformRun.FromCode(code).PathAndQueryAsync(target));
    }
}
