using Microsoft.AspNetCore.Routing;

namespace Net2Secure.Routing.Proxying.Tests.Transforms;

/// <summary>Changes of single query parameters; all others keep their bytes and their place.</summary>
public sealed class QueryTransformTests
{
    [Theory]
    [InlineData("Set", "/a", "/a?q=1%202")]
    [InlineData("Set", "/a?", "/a?q=1%202")]
    [InlineData("Set", "/a?x=%2f&q=old&y=;+&Q=older", "/a?x=%2f&q=1%202&y=;+")]
    [InlineData("Set", "/a?x", "/a?x&q=1%202")]
    [InlineData("Append", "/a", "/a?q=1%202")]
    [InlineData("Append", "/a?q=old&x=1", "/a?q=old&x=1&q=1%202")]
    public async Task QueryValueParameter_SetsOrAppends(string kind, string target, string expected)
        => await AssertBothAsync(["QueryValueParameter", "q", kind, "1 2"], c => c.AddQueryValue("q", "1 2", kind == "Append"), target, expected);

    [Theory]
    [InlineData("Set", "/o/a%2Fb%26c?q=old", "/o/a%2Fb%26c?q=a%2Fb%26c")]
    [InlineData("Append", "/o/7?q=old", "/o/7?q=old&q=7")]
    public async Task QueryRouteParameter_SetsOrAppendsTheValueAsSent(string kind, string target, string expected)
    {
        var values = new RouteValueDictionary { ["id"] = Uri.UnescapeDataString(target[3..target.IndexOf('?', StringComparison.Ordinal)]).Replace("a/b", "a%2Fb", StringComparison.Ordinal) };
        Assert.Equal(expected, await TransformRun.Compile(r => r.WithTransformQueryRouteValue("q", "id", kind == "Append"), path: "/o/{id}").PathAndQueryAsync(target, values));
        Assert.Equal(expected, await TransformRun.FromCode(c => c.AddQueryRouteValue("q", "id", kind == "Append"), "/o/{id}").PathAndQueryAsync(target, values));
    }

    [Fact]
    public async Task QueryRouteParameter_WithoutValue_LeavesTheQuery()
        => Assert.Equal("/a?q=1", await TransformRun.FromEntries(["QueryRouteParameter", "q", "Set", "none"]).PathAndQueryAsync("/a?q=1"));

    [Theory]
    [InlineData("/a?q=1", "/a")]
    [InlineData("/a?x=1&Q=2&y=%3D&%71=3", "/a?x=1&y=%3D")]
    [InlineData("/a?x=1", "/a?x=1")]
    [InlineData("/a", "/a")]
    public async Task QueryRemoveParameter_RemovesEachOfThatName(string target, string expected)
        => await AssertBothAsync(["QueryRemoveParameter", "q"], c => c.AddQueryRemoveKey("q"), target, expected);

    private static async Task AssertBothAsync(string[] entry, Action<TransformBuilderContext> code, string target, string expected)
    {
        Assert.Equal(expected, await TransformRun.FromEntries(entry).PathAndQueryAsync(target));
        Assert.Equal(expected, await TransformRun.FromCode(code).PathAndQueryAsync(target));
    }
}
