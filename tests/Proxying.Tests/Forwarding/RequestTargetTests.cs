using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Tests.Forwarding;

/// <summary>The client's own bytes where they mean what was routed; otherwise what was routed, and no escape ever decoded twice.</summary>
public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/a%2Fb?c", "", "/a%2Fb", "?c", "/a%2Fb?c")]
    [InlineData("/a%41?", "", "/aA", "", "/a%41?")]
    [InlineData("/x/../a%2541", "", "/a%41", "", "/a%2541")] // RFC 3986 §5.2.4, then §2.4
    [InlineData("/base/a%2541", "/base", "/a%41", "", "/a%2541")]
    [InlineData("/base", "/base", "", "", "/")]
    [InlineData("/x/../base/a%2541", "/base", "/a%41", "", "/a%2541")]
    [InlineData("http://h/a%2Fb?c", "", "/a%2Fb", "?c", "/a%2Fb?c")]
    [InlineData("http://h?c", "", "/", "?c", "/?c")]
    [InlineData("*", "", "", "", "*")]
    [InlineData("", "", "/no raw target", "?x", "/no%20raw%20target?x")]
    // Rewritten by middleware: escaped anew. A percent sign that the server decoded is one; those it leaves standing are escapes.
    [InlineData("/old/%252e%252e/x", "", "/new/%2e%2e/x", "", "/new/%252e%252e/x")]
    [InlineData("/old", "", "/new/a%2Fb%FF%", "", "/new/a%2Fb%FF%25")]
    [InlineData("/old?a", "", "/new", "?b", "/new?b")]
    public void TryRead_Target_IsWhatWasRouted(string raw, string pathBase, string path, string query, string expected)
    {
        Assert.True(RequestTarget.TryRead(Request(raw, pathBase, path, query), out var target));
        Assert.Equal(expected, target.PathAndQuery);
    }

    [Theory]
    [InlineData("/%2e%2e/x")]
    [InlineData("/a/%2E")]
    [InlineData("/a/.%2e/b")]
    [InlineData("http://h/%2e./b")]
    public void TryRead_HiddenDotSegment_IsRefused(string raw) => Assert.False(RequestTarget.TryRead(Request(raw, "", "/x", ""), out _));

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/.", "/")]
    [InlineData("/..", "/")]
    [InlineData("/./", "/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/./b/../c", "/a/c")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("/a/b/c/./../../g", "/a/g")] // RFC 3986 §5.2.4
    [InlineData("/.a/..b/c./d..", "/.a/..b/c./d..")]
    [InlineData("/...", "/...")]
    public void Remove_DotSegments_ResolvesThem(string path, string expected) => Assert.Equal(expected, DotSegments.Remove(path));

    private static DefaultHttpContext Request(string raw, string pathBase, string path, string query)
    {
        var context = new DefaultHttpContext();
        context.Request.PathBase = new PathString(pathBase);
        context.Request.Path = new PathString(path);
        context.Request.QueryString = new QueryString(query);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = raw;
        return context;
    }
}
