using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>Path and query go out as the bytes that came (RFC 9110 §7.7).</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/?")]
    [InlineData("/a?")]
    [InlineData("/a??")]
    [InlineData("/%2F")]
    [InlineData("/a%2Fb%2fc")]
    [InlineData("/%5C%5c..")]
    [InlineData("/%25%32%35")]
    [InlineData("/%3F%23")]
    [InlineData("/%21%41%7e")]
    [InlineData("/%FF%fe%C3%A4")]
    [InlineData("/%20a+b")]
    [InlineData("//a//b//")]
    [InlineData("/a;b=c;d/;e")]
    [InlineData("/a:b@c!$&'()*,=")]
    [InlineData("/a.b/...c/..d")]
    [InlineData("/a?b=%2F%5C%25%3F%23%00%21%FF&c=d+e;f=//?")]
    [InlineData("/a?x=../../y")]
    [InlineData("/a?%2e%2e/")]
    [InlineData("/[a]{b}|^`\"<>\\")]
    [InlineData("/a?[]{}|^`\"<>\\")]
    [InlineData("/~user/-_.")]
    public async Task Target_GoesOutUnchanged(string target)
    {
        var (request, response) = await ExchangeAsync(Get(target: target));

        if (response.Status == 400) Assert.Fail(response.Body);
        Assert.Equal($"GET {target} HTTP/1.1", request.StartLine);
    }

    [Theory]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/../b?x=/../", "/b?x=/../")]
    [InlineData("/a/..", "/")]
    public async Task Target_WithDotSegments_GoesOutAsItWasRouted(string target, string expected)
    {
        var (request, _) = await ExchangeAsync(Get(target: target));

        Assert.Equal($"GET {expected} HTTP/1.1", request.StartLine);
    }

    [Theory]
    [InlineData("http://other.example:81/x%21%2525?z%2F", "/x%21%2525?z%2F", "other.example:81")]
    [InlineData("http://other.example/x%2Fy", "/x%2Fy", "other.example")]
    [InlineData("http://other.example/%252e%252e%2Fy", "/%252e%252e%2Fy", "other.example")]
    [InlineData("http://other.example", "/", "other.example")]
    [InlineData("http://other.example?q", "/?q", "other.example")]
    public async Task AbsoluteForm_GoesOutInOriginForm(string target, string expected, string host)
    {
        var (request, _) = await ExchangeAsync($"GET {target} HTTP/1.1\r\nHost: {Host}\r\n\r\n");

        Assert.Equal($"GET {expected} HTTP/1.1", request.StartLine);
        Assert.Equal(host, request.Value("X-Forwarded-Host"));
    }

    [Theory]
    [InlineData("/a%00")]
    [InlineData("/a/%2e%2e/b")]
    public async Task Target_ThatTheServerReadsInAnotherWay_IsRefused(string target)
    {
        await using var wire = await AnsweringAsync(Answers.Hi);
        var client = await wire.ConnectAsync();

        await client.SendAsync(Get(target: target));

        Assert.Equal(400, (await client.ReadMessageAsync()).Status);
        Assert.Equal(0, wire.Origin.Connections);
    }

    [Fact]
    public async Task AsteriskForm_StaysAsterisk()
    {
        var (request, _) = await ExchangeAsync($"OPTIONS * HTTP/1.1\r\nHost: {Host}\r\n\r\n");

        Assert.Equal("OPTIONS * HTTP/1.1", request.StartLine);
    }

    [Fact]
    public async Task Target_OfEightThousandOctets_GoesOutWhole()
    {
        var target = "/" + new string('a', 7000) + "?" + new string('b', 991);

        var (request, _) = await ExchangeAsync(Get(target: target));

        Assert.Equal($"GET {target} HTTP/1.1", request.StartLine);
    }
}
