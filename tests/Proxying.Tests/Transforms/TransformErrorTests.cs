using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Transforms;

/// <summary>Transforms that do not fit are refused with the path of the entry and the key.</summary>
public sealed class TransformErrorTests
{
    [Theory]
    [InlineData("{ \"PathPrefx\": \"/a\" }", "PathPrefx", "Did you mean PathPrefix?")]
    [InlineData("{ }", "", "The entry is empty")]
    [InlineData("{ \"Set\": \"1\", \"RequestHeadr\": \"A\" }", "RequestHeadr", "Did you mean RequestHeader?")]
    [InlineData("{ \"PathPrefix\": \"/a\", \"PathSet\": \"/b\" }", "PathSet", "One entry is one transform")]
    [InlineData("{ \"PathPrefix\": \"/a\", \"When\": \"Always\" }", "When", "takes no other key")]
    [InlineData("{ \"PathPrefix\": \"\" }", "PathPrefix", "The path is empty")]
    [InlineData("{ \"PathSet\": \"/a?b\" }", "PathSet", "question mark")]
    [InlineData("{ \"PathSet\": \"/a#b\" }", "PathSet", "'#'")]
    [InlineData("{ \"PathRemovePrefix\": \"/a\\u0001\" }", "PathRemovePrefix", "control character")]
    [InlineData("{ \"PathPattern\": \"/{a\" }", "PathPattern", "no path template")]
    [InlineData("{ \"QueryValueParameter\": \"q\" }", "QueryValueParameter", "needs Set or Append")]
    [InlineData("{ \"QueryValueParameter\": \"q\", \"Set\": \"1\", \"Append\": \"2\" }", "QueryValueParameter", "not both")]
    [InlineData("{ \"QueryValueParameter\": \"\", \"Set\": \"1\" }", "QueryValueParameter", "name of the parameter is empty")]
    [InlineData("{ \"QueryRouteParameter\": \"q\", \"Set\": \"\" }", "Set", "name of the route value is empty")]
    [InlineData("{ \"QueryRemoveParameter\": \"\" }", "QueryRemoveParameter", "name of the parameter is empty")]
    [InlineData("{ \"HttpMethodChange\": \"GET\" }", "HttpMethodChange", "needs Set")]
    [InlineData("{ \"HttpMethodChange\": \"G T\", \"Set\": \"PUT\" }", "HttpMethodChange", "no method")]
    [InlineData("{ \"HttpMethodChange\": \"GET\", \"Set\": \"CONNECT\" }", "Set", "CONNECT")]
    [InlineData("{ \"RequestHeadersCopy\": \"yes\" }", "RequestHeadersCopy", "neither true nor false")]
    [InlineData("{ \"RequestHeaderOriginalHost\": \"1\" }", "RequestHeaderOriginalHost", "neither true nor false")]
    [InlineData("{ \"RequestHeader\": \"A B\", \"Set\": \"1\" }", "RequestHeader", "no field name")]
    [InlineData("{ \"RequestHeader\": \"Transfer-Encoding\", \"Set\": \"chunked\" }", "RequestHeader", "the proxy makes it itself")]
    [InlineData("{ \"RequestHeader\": \"Content-Length\", \"Set\": \"1\" }", "RequestHeader", "the proxy makes it itself")]
    [InlineData("{ \"RequestHeader\": \"A\", \"Set\": \"1\\r\\nB: 2\" }", "Set", "control character")]
    [InlineData("{ \"RequestHeader\": \"A\", \"Set\": \"\\u4e2d\" }", "Set", "Encode it")]
    [InlineData("{ \"RequestHeader\": \"A\", \"Append\": \"\" }", "Append", "appends nothing")]
    [InlineData("{ \"RequestHeader\": \"Host\", \"Append\": \"a\" }", "Append", "use Set")]
    [InlineData("{ \"RequestHeader\": \"A\", \"Set\": \"1\", \"When\": \"Always\" }", "When", "takes Set, Append")]
    [InlineData("{ \"RequestHeaderRouteValue\": \"A\", \"Append\": \"\" }", "Append", "name of the route value is empty")]
    [InlineData("{ \"RequestHeaderRemove\": \"\" }", "RequestHeaderRemove", "no field name")]
    [InlineData("{ \"RequestHeadersAllowed\": \" ; \" }", "RequestHeadersAllowed", "The list is empty")]
    [InlineData("{ \"RequestHeadersAllowed\": \"A;Connection\" }", "RequestHeadersAllowed", "never copied")]
    [InlineData("{ \"X-Forwarded\": \"Replace\" }", "X-Forwarded", "Off, Set, Append, Remove")]
    [InlineData("{ \"X-Forwarded\": \"Set\", \"For\": \"Apend\" }", "For", "Did you mean Append?")]
    [InlineData("{ \"X-Forwarded\": \"Set\", \"HeaderPrefix\": \"X Y\" }", "HeaderPrefix", "no field name")]
    [InlineData("{ \"X-Forwarded\": \"Set\", \"Port\": \"Set\" }", "Port", "Unknown key")]
    [InlineData("{ \"Forwarded\": \"\" }", "Forwarded", "The list is empty")]
    [InlineData("{ \"Forwarded\": \"for,port\" }", "Forwarded", "'port' is not one of for, by, proto, host")]
    [InlineData("{ \"Forwarded\": \"for\", \"ForFormat\": \"IP4\" }", "ForFormat", "Random, RandomAndPort")]
    [InlineData("{ \"Forwarded\": \"for\", \"ByFormat\": \"Ip\" }", "ByFormat", "not in the list")]
    [InlineData("{ \"Forwarded\": \"for\", \"Action\": \"Replace\" }", "Action", "Off, Set, Append, Remove")]
    [InlineData("{ \"ClientCert\": \"\" }", "ClientCert", "no field name")]
    [InlineData("{ \"ResponseHeadersCopy\": \"\" }", "ResponseHeadersCopy", "neither true nor false")]
    [InlineData("{ \"ResponseHeader\": \"A\" }", "ResponseHeader", "needs Set or Append")]
    [InlineData("{ \"ResponseHeader\": \"A\", \"Set\": \"1\", \"When\": \"Never\" }", "When", "Always, Success, Failure")]
    [InlineData("{ \"ResponseHeader\": \"Connection\", \"Set\": \"close\" }", "ResponseHeader", "the proxy makes it itself")]
    [InlineData("{ \"ResponseHeaderRemove\": \"A\", \"Set\": \"1\" }", "Set", "takes When")]
    [InlineData("{ \"ResponseHeadersAllowed\": \"A B\" }", "ResponseHeadersAllowed", "no field name")]
    [InlineData("{ \"ResponseTrailer\": \"Content-Length\", \"Set\": \"1\" }", "ResponseTrailer", "not allowed as a trailer")]
    [InlineData("{ \"ResponseTrailersAllowed\": \"Authorization\" }", "ResponseTrailersAllowed", "not allowed as a trailer")]
    public void Entry_ThatDoesNotFit_IsRefusedWithItsPath(string entry, string key, string part)
    {
        var errors = ConfiguredProxy.ErrorsOf(
            $$"""{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" }, "Transforms": [ { "PathPrefix": "/fine" }, {{entry}} ] } }, "Clusters": { "c": {} } } }""");
        var path = "Net2Proxy:Routes:r:Transforms:1" + (key.Length > 0 ? ":" + key : "");
        var error = errors.FirstOrDefault(e => e.Path == path);
        Assert.True(error is not null, $"No error for {path}, but: {string.Join(Environment.NewLine, errors)}");
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entry_OfARouteInCode_IsRefusedInTheSameWay()
    {
        var errors = TransformRun.Compile(r => r.WithTransform(e => e["PathPrefx"] = "/a")).Errors;
        Assert.Equal("Transforms:0:PathPrefx", Assert.Single(errors).Path);
    }

    [Fact]
    public void Code_WithArgumentsThatCannotBe_Throws()
    {
        foreach (var wrong in new Action<TransformBuilderContext>[]
        {
            c => c.AddPathPrefix("/a?b"), c => c.AddPathRouteValues("/{"), c => c.AddRequestHeader("A B", "1"), c => c.AddRequestHeader("Connection", "1"), c => c.AddRequestHeader("A", "1\n"),
            c => c.AddHttpMethodChange("GET", "CONNECT"), c => c.AddResponseTrailer("Content-Length", "1"), c => c.AddRequestHeadersAllowed("Upgrade"), c => c.AddXForwardedFor("A B"),
        })
        {
            var error = Assert.Single(TransformRun.FromCode(wrong).Errors);
            Assert.Equal("Transforms", error.Path);
        }
    }
}
