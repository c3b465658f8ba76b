namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>Request lines and the forms of a target (RFC 9112 §3), and the methods that a proxy treats in its own way (RFC 9110 §9.3.6 to §9.3.8).</summary>
public sealed class RequestLineTests(WireFixture wire) : IClassFixture<WireFixture>
{
    // RFC 9112 §2.3: one digit, a dot, one digit, in capitals.
    [Theory]
    [InlineData("GET /\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / \r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1x\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/01.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1,1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP /1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / http/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / Http/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTPS/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1 x\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\t\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\rHost: a\r\n\r\n", 400)]
    [InlineData("PRI * HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("PRI * HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    public Task Version_ThatIsNotSpoken_IsRefused(string bytes, int status) => wire.AssertRefusedAsync(bytes, status);

    [Theory]
    [InlineData("")]
    [InlineData(" GET")]
    [InlineData("\tGET")]
    [InlineData("G T")]
    [InlineData("GET\t")]
    [InlineData("G(T")]
    [InlineData("GE\0T")]
    [InlineData("G\u00e9T")]
    [InlineData("GET:")]
    [InlineData("{GET}")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public Task Method_ThatIsNoToken_IsRefused(string method) => wire.AssertRefusedAsync($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n", 400);

    // RFC 9110 §9.1: methods are case-sensitive, and unknown ones are the origin's business.
    [Theory]
    [InlineData("PURGE")]
    [InlineData("get")]
    [InlineData("Post")]
    [InlineData("M-SEARCH")]
    [InlineData("head")]
    [InlineData("!#$%&'*+-.^_`|~09")]
    public async Task Method_ThatIsAToken_IsSentAsItIs(string method)
    {
        var request = await wire.AssertForwardedAsync($"{method} /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal($"{method} /x HTTP/1.1", request.RequestLine);
    }

    // What looks like TLS leaves the guard's hands; the server refuses it by itself.
    [Fact]
    public async Task FirstOctet_OfTlsWithoutTls_RunsNothing()
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync("\u0016\u0003\u0001 / HTTP/1.1\r\nHost: a\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(400, (await client.ReadResponseAsync()).Status);
        await client.ReadToEndAsync();
        await wire.AssertOriginSawAsync();
    }

    [Theory]
    [InlineData("x")]
    [InlineData("*")]
    [InlineData("?x")]
    [InlineData("a:80")]
    [InlineData("\\x")]
    [InlineData("ftp://a/")]
    [InlineData("HTTP://a/")]
    [InlineData("file:///x")]
    [InlineData("http:/a/")]
    [InlineData("http:a")]
    [InlineData("http://")]
    [InlineData("http:///x")]
    [InlineData("http://?x")]
    [InlineData("http://u@a/")]
    [InlineData("http://u:p@a/")]
    [InlineData("http://a:x/")]
    [InlineData("http://a:/")]
    [InlineData("http://a:65536/")]
    [InlineData("http://a b/")]
    [InlineData("http://[::1/")]
    [InlineData("http://a\\b/")]
    [InlineData("http://a,b/")]
    [InlineData("javascript:x")]
    [InlineData("/a%00b")]
    [InlineData("http://a/%00")]
    [InlineData("/a b")]
    [InlineData("/a\tb")]
    [InlineData("/a\rb")]
    [InlineData("/a\0b")]
    [InlineData("/a\u0001b")]
    [InlineData("/a\u007fb")]
    [InlineData("/a#b")]
    [InlineData("/#")]
    [InlineData("/a\u00e9")]
    [InlineData("/a\u00a0b")]
    public Task Target_Malformed_IsRefused(string target) => wire.AssertRefusedAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n", 400);

    // RFC 9110 §7.7: a proxy does not change path and query.
    [Theory]
    [InlineData("/")]
    [InlineData("/a%2Fb%5Cc%25d%3Fe%23f%21g%FFh")]
    [InlineData("/%252e%252e/x")]
    [InlineData("//a//b/")]
    [InlineData("/a;p=1,2+3&4@5:6!$'()*~")]
    [InlineData("/a?")]
    [InlineData("/a??b?c=%20+&d=/../e//")]
    [InlineData("/a|b\"c<d>e{f}g^h`i[j]")]
    [InlineData("/a?%00")]
    [InlineData("/...")]
    [InlineData("/.hidden/..more/a.")]
    public async Task Target_OfOriginForm_IsSentAsItIs(string target)
    {
        var request = await wire.AssertForwardedAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(target, request.Target);
    }

    // What is sent has to be what routing saw: an encoded dot, resolved or not, never comes to life.
    [Theory]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/../../b", "/b")]
    [InlineData("/a/..", "/")]
    [InlineData("/x/../%252e%252e/b", "/%252e%252e/b")]
    [InlineData("/x/../a%2Fb%FF%3F", "/a%2Fb%FF%3F")]
    [InlineData("/x/../a%2541;p=%25", "/a%2541;p=%25")]
    [InlineData("/x/../y?q=../%2e%2e", "/y?q=../%2e%2e")]
    public async Task Target_WithDotSegments_IsResolvedWithoutDecodingAnythingTwice(string target, string expected)
    {
        var request = await wire.AssertForwardedAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(expected, request.Target);
    }

    [Theory]
    [InlineData("/a/%2e%2e/b")]
    [InlineData("/%2E./b")]
    [InlineData("/a/.%2e")]
    [InlineData("/%2e/b")]
    [InlineData("http://a/a/%2e%2e/b")]
    public Task Target_WithAHiddenDotSegment_IsRefused(string target) => wire.AssertRefusedAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n", 400);

    // RFC 9112 §3.2.2: the authority of the target replaces Host, whatever Host says.
    [Theory]
    [InlineData("http://b/x", "b", "/x")]
    [InlineData("http://b:81/x?y", "b:81", "/x?y")]
    [InlineData("http://b", "b", "/")]
    [InlineData("http://b/", "b", "/")]
    [InlineData("http://b?q", "b", "/?q")]
    [InlineData("http://b/?", "b", "/?")]
    [InlineData("https://b/x", "b", "/x")]
    [InlineData("http://b/a//b;c", "b", "/a//b;c")]
    [InlineData("http://b/a%2Fb", "b", "/a%2Fb")]
    [InlineData("http://b/%252e%252e/x", "b", "/%252e%252e/x")]
    [InlineData("http://b/%2541%FF%5C%3F%23%25", "b", "/%2541%FF%5C%3F%23%25")]
    [InlineData("http://b/a/../b", "b", "/b")]
    [InlineData("http://[::1]:81/x", "[::1]:81", "/x")]
    public async Task Target_OfAbsoluteForm_BecomesOriginFormAndItsAuthorityTheHost(string target, string host, string expected)
    {
        foreach (var own in new[] { "a", "b" })
        {
            var request = await wire.AssertForwardedAsync($"GET {target} HTTP/1.1\r\nHost: {own}\r\n\r\n");

            Assert.Equal($"GET {expected} HTTP/1.1", request.RequestLine);
            Assert.Equal(host, request.Field("X-Forwarded-Host"));
            Assert.Equal(wire.Origin.Address.Authority, request.Field("Host"));
        }
    }

    [Fact]
    public async Task Target_OfAbsoluteForm_NeedsAHostNeverthelessOverHttp11()
    {
        await wire.AssertRefusedAsync("GET http://b/ HTTP/1.1\r\n\r\n", 400);
        var request = await wire.AssertForwardedAsync("GET http://b/x HTTP/1.0\r\n\r\n", closes: true);

        Assert.Equal("b", request.Field("X-Forwarded-Host"));
    }

    // RFC 9112 §2.2: at least one empty line is ignored.
    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n")]
    public async Task EmptyLines_BeforeARequest_AreIgnored(string lines)
    {
        foreach (var pieceSize in new[] { 0, 1 })
        {
            await wire.AssertForwardedAsync(lines + "GET /x HTTP/1.1\r\nHost: a\r\n\r\n", pieceSize);
            // Old clients send one behind a body.
            await wire.AssertForwardedAsync("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + lines, pieceSize);
            await wire.AssertForwardedAsync("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + lines, pieceSize);
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n\r\n\r\n\r\n\r\n\r\n")]
    [InlineData("\r\r\n")]
    [InlineData(" \r\n")]
    public Task EmptyLines_TooManyOrMalformed_AreRefused(string lines) => wire.AssertRefusedAsync(lines + "GET /x HTTP/1.1\r\nHost: a\r\n\r\n", 400);

    [Theory]
    [InlineData("CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n")]
    [InlineData("CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("CONNECT / HTTP/1.1\r\nHost: b\r\n\r\n")]
    [InlineData("CONNECT b:443 HTTP/1.0\r\n\r\n")]
    public Task Connect_IsRefused(string bytes) => wire.AssertRefusedAsync(bytes, 405);

    [Theory]
    [InlineData("TRACE")]
    [InlineData("trace")]
    [InlineData("connect")]
    public async Task Method_ThatIsNotForwarded_Is405(string method)
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync($"{method} /x HTTP/1.1\r\nHost: a\r\n\r\n");

        var response = await client.ReadResponseAsync();

        Assert.Equal(405, response.Status);
        Assert.NotNull(response.Field("Allow"));
        response.AssertProblem();
        await wire.AssertOriginSawAsync();
    }

    [Fact]
    public async Task Options_Asterisk_StaysAnAsterisk()
    {
        var request = await wire.AssertForwardedAsync("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal("OPTIONS * HTTP/1.1", request.RequestLine);
    }

    [Theory]
    [InlineData("5", "4")]
    [InlineData("1", "0")]
    [InlineData("007", "6")]
    [InlineData("99999999999", "99999999998")]
    public async Task MaxForwards_AboveZero_IsLowered(string value, string expected)
    {
        var request = await wire.AssertForwardedAsync($"OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: {value}\r\n\r\n");

        Assert.Equal(expected, request.Field("Max-Forwards"));
    }

    [Fact]
    public async Task MaxForwards_OfAnotherMethod_IsLeftAlone()
    {
        var request = await wire.AssertForwardedAsync("GET / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");

        Assert.Equal("0", request.Field("Max-Forwards"));
    }

    [Theory]
    [InlineData("/", "0")]
    [InlineData("*", "0")]
    [InlineData("/x", "00")]
    public async Task MaxForwards_Zero_IsAnsweredHere(string target, string value)
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync($"OPTIONS {target} HTTP/1.1\r\nHost: a\r\nMax-Forwards: {value}\r\n\r\n");

        var response = await client.ReadResponseAsync();

        Assert.Equal(204, response.Status);
        Assert.NotNull(response.Field("Allow"));
        await wire.AssertOriginSawAsync();
    }

    // What looks like HTTP/2 leaves the guard's hands; the server's HTTP/1.1 parser must not go on behind it.
    [Fact]
    public async Task Http2Preface_WhereHttp2IsNotSpoken_RunsNothing()
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello");
        client.FinishSending();
        await client.ReadToEndAsync();

        await wire.AssertOriginSawAsync();
    }
}
