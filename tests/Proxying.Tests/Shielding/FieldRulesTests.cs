using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>RFC 9110 §5 names and values; RFC 9113 §8.2.1, §8.2.2 and §8.3.1 for what a server may let through.</summary>
public sealed class FieldRulesTests
{
    [Theory]
    [InlineData("x-name", true)]
    [InlineData("!#$%&'*+-.^_`|~", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a:", false)]
    [InlineData("a\r\nb", false)]
    [InlineData("é", false)]
    public void IsToken_Text_FollowsTheGrammar(string text, bool expected) => Assert.Equal(expected, FieldRules.IsToken(text));

    [Theory]
    [InlineData("plain\tvalue é", true)]
    [InlineData("", true)]
    [InlineData("a\0", false)]
    [InlineData("a\rb", false)]
    [InlineData("a\nb", false)]
    public void IsCleanValue_Text_HasNoLineBreakersOrNul(string text, bool expected) => Assert.Equal(expected, FieldRules.IsCleanValue(text));

    [Theory]
    [InlineData("example.org", true)]
    [InlineData("example.org:8080", true)]
    [InlineData("127.0.0.1:65535", true)]
    [InlineData("[::1]", true)]
    [InlineData("[2001:db8::1]:443", true)]
    [InlineData("a_b~c", true)]
    [InlineData("", false)]
    [InlineData(":80", false)]
    [InlineData("a:", false)]
    [InlineData("a:65536", false)]
    [InlineData("a:+80", false)]
    [InlineData("a:8 0", false)]
    [InlineData("a:80:81", false)]
    [InlineData("a,b", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a?b", false)]
    [InlineData("u@a", false)]
    [InlineData("\"a\"", false)]
    [InlineData("<a>", false)]
    [InlineData("a%20", false)]
    [InlineData("[::1", false)]
    [InlineData("[]", false)]
    [InlineData("[1]", false)]
    [InlineData("[::1]x", false)]
    [InlineData("[::1%25eth0]", false)]
    [InlineData("exämple", false)]
    public void IsAuthority_Text_NamesOneHost(string text, bool expected) => Assert.Equal(expected, AuthorityRules.IsAuthority(text));

    [Theory]
    [InlineData("x-ok", "value", true)]
    [InlineData("te", "trailers", true)]
    [InlineData("TE", "Trailers", true)]
    [InlineData("te", "trailers, deflate", false)]
    [InlineData("te", "gzip", false)]
    [InlineData("connection", "close", false)]
    [InlineData("keep-alive", "1", false)]
    [InlineData("proxy-connection", "close", false)]
    [InlineData("transfer-encoding", "chunked", false)]
    [InlineData("upgrade", "h2c", false)]
    [InlineData("a b", "1", false)]
    [InlineData("a\r\nhost", "1", false)]
    [InlineData("a:b", "1", false)]
    [InlineData("", "1", false)]
    [InlineData("x", " 1", false)]
    [InlineData("x", "1\t", false)]
    [InlineData("x", "1\r\ny: 2", false)]
    [InlineData("x", "1\0", false)]
    [InlineData("x", "1\u007f", false)]
    [InlineData("x", "", true)]
    [InlineData("x", "a\tb é", true)]
    public void CheckHttp2Field_Field_IsRefusedWhenMalformed(string name, string value, bool accepted) =>
        Assert.Equal(accepted, FieldRules.CheckHttp2Field(name, value).IsAccepted);

    [Theory]
    [InlineData("GET", "/", "a", 0)]
    [InlineData("GET", "/%2F?x=1", "a:80", 0)]
    [InlineData("OPTIONS", "*", "a", 0)]
    [InlineData("GET", "*", "a", 400)]
    [InlineData("GET", "", "a", 400)]
    [InlineData("GET", "x", "a", 400)]
    [InlineData("GET", "/a b", "a", 400)]
    [InlineData("GET", "/a\u0001", "a", 400)]
    [InlineData("GET", "/a#b", "a", 400)]
    [InlineData("GET", "/é", "a", 400)]
    [InlineData("G T", "/", "a", 400)]
    [InlineData("CONNECT", "a:443", "a", 405)]
    [InlineData("TRACE", "/", "a", 405)]
    [InlineData("GET", "/", "u@a", 400)]
    [InlineData("GET", "/", "a/b", 400)]
    [InlineData("GET", "/", "", 400)]
    public void CheckHttp2_Request_GetsTheStatusOfItsFault(string method, string target, string host, int status)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Headers.Host = host;
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;

        Assert.Equal(status, FieldRules.CheckHttp2(context, new RequestGuardOptions()).StatusCode);
    }

    [Fact]
    public void CheckHttp2_TwoHosts_IsRefused()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Headers.Host = new(["a", "a"]);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/";

        Assert.Equal(400, FieldRules.CheckHttp2(context, new RequestGuardOptions()).StatusCode);
    }
}
