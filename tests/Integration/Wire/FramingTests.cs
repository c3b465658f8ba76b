using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>How long a body is, is said once and in one way, and trailers stay behind the body (RFC 9112 §6, §7.1.2; RFC 9110 §6.5).</summary>
public sealed class FramingTests
{
    [Theory]
    [InlineData("POST", "Content-Length: 2\r\n", "hi", "Content-Length: 2", "hi")]
    [InlineData("POST", "Content-Length: 0\r\n", "", "Content-Length: 0", "")]
    [InlineData("POST", "", "", "Content-Length: 0", "")]
    [InlineData("PUT", "Content-Length: 0\r\n", "", "Content-Length: 0", "")]
    [InlineData("GET", "", "", null, "")]
    [InlineData("DELETE", "", "", null, "")]
    [InlineData("GET", "Content-Length: 2\r\n", "hi", "Content-Length: 2", "hi")]
    [InlineData("DELETE", "Content-Length: 2\r\n", "hi", "Content-Length: 2", "hi")]
    [InlineData("OPTIONS", "Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n", "Transfer-Encoding: chunked", "2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("POST", "Transfer-Encoding: Chunked\r\n", "2\r\nhi\r\n0\r\n\r\n", "Transfer-Encoding: chunked", "2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("POST", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "Transfer-Encoding: chunked", "0\r\n\r\n")]
    [InlineData("POST", "Transfer-Encoding: chunked\r\n", "0002;x=\"y\"\r\nhi\r\n000;z\r\n\r\n", "Transfer-Encoding: chunked", "2\r\nhi\r\n0\r\n\r\n")]
    public async Task Request_IsFramedAsItCame(string method, string fields, string body, string? framing, string expected)
    {
        var (request, _) = await ExchangeAsync($"{method} / HTTP/1.1\r\nHost: {Host}\r\n{fields}\r\n{body}");

        var said = request.Fields.Where(f => f.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase) || f.StartsWith("Transfer-Encoding", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(framing is null ? [] : [framing], said);
        Assert.Equal(expected, request.Body);
    }

    [Theory]
    [InlineData("Content-Length: 2\r\n\r\nhi", "Content-Length: 2", "hi")]
    [InlineData("Content-Length: 0\r\n\r\n", "Content-Length: 0", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "Transfer-Encoding: chunked", "hi")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1;a=b\r\nh\r\n0001\r\ni\r\n00\r\n\r\n", "Transfer-Encoding: chunked", "hi")]
    [InlineData("Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "Transfer-Encoding: chunked", "hi")]
    [InlineData("\r\nhi", "Transfer-Encoding: chunked", "hi")]
    [InlineData("\r\n", "Transfer-Encoding: chunked", "")]
    public async Task Response_IsFramedInOneWay(string answer, string framing, string expected)
    {
        var (_, response) = await ExchangeAsync(Get(), "HTTP/1.1 200 OK\r\n" + answer);

        var said = response.Fields.Where(f => f.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase) || f.StartsWith("Transfer-Encoding", StringComparison.OrdinalIgnoreCase));
        Assert.Equal([framing], said);
        Assert.Equal(expected, response.Content);
        if (framing.Contains("chunked", StringComparison.Ordinal)) Assert.EndsWith("0\r\n\r\n", response.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Sum: 1\r\n", new[] { "X-Sum: 1" })]
    [InlineData("X-Sum: 1\r\nX-Sum: 2\r\nx-latin: \u00E4\r\n", new[] { "X-Sum: 1", "X-Sum: 2", "x-latin: \u00E4" })]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: gzip\r\nHost: evil\r\nConnection: close\r\nX-Sum: 1\r\n", new[] { "X-Sum: 1" })]
    [InlineData("Authorization: Basic x\r\nCookie: a=b\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Sum: 1\r\n", new[] { "X-Sum: 1" })]
    [InlineData("Content-Type: a/b\r\nContent-Encoding: gzip\r\nCache-Control: no-store\r\nMax-Forwards: 1\r\nTE: x\r\nTrailer: y\r\nVia: 1.1 z\r\nX-Sum: 1\r\n", new[] { "X-Sum: 1" })]
    [InlineData("Proxy-Authorization: x\r\nX_Forwarded_For: 6.6.6.6\r\nX-Sum: 1\r\n", new[] { "X-Sum: 1" })]
    public async Task Request_Trailers_StayBehindTheBody(string trailers, string[] expected)
    {
        var (request, _) = await ExchangeAsync(Post("Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n", $"2\r\nhi\r\n0\r\n{trailers}\r\n"));

        Assert.Equal("hi", request.Content);
        Assert.Equal(expected.Order(StringComparer.OrdinalIgnoreCase), request.Trailers.Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
        Assert.False(request.Has("X-Sum"));
    }

    [Theory]
    [InlineData("X-Sum: 1\r\n", new[] { "X-Sum: 1" })]
    [InlineData("X-Sum: 1\r\nX-Sum: 2\r\nx-latin: \u00E4\r\n", new[] { "X-Sum: 1", "X-Sum: 2", "x-latin: \u00E4" })]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: gzip\r\nConnection: close\r\nX-Sum: 1\r\n", new[] { "X-Sum: 1" })]
    [InlineData("Set-Cookie: a=b\r\nWWW-Authenticate: Basic\r\nLocation: /evil\r\nContent-Type: a/b\r\nCache-Control: public\r\nX-Sum: 1\r\n", new[] { "X-Sum: 1" })]
    public async Task Response_Trailers_StayBehindTheBody(string trailers, string[] expected)
    {
        var (_, response) = await ExchangeAsync(Get("TE: trailers\r\n"), $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n{trailers}\r\n");

        Assert.Equal("hi", response.Content);
        Assert.Equal(expected, response.Trailers);
        Assert.False(response.Has("X-Sum"));
    }

    [Theory]
    [InlineData("HEAD", "200 OK\r\nContent-Length: 1234\r\n\r\n", "Content-Length: 1234")]
    [InlineData("HEAD", "200 OK\r\nContent-Length: 2\r\n\r\nhi", "Content-Length: 2")]
    [InlineData("HEAD", "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", null)]
    [InlineData("HEAD", "200 OK\r\n\r\n", null)]
    [InlineData("HEAD", "404 Not Found\r\nContent-Length: 9\r\n\r\nNot Found", "Content-Length: 9")]
    [InlineData("GET", "204 No Content\r\nContent-Length: 2\r\n\r\nhi", null)]
    [InlineData("GET", "204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", null)]
    [InlineData("GET", "304 Not Modified\r\nContent-Length: 2\r\n\r\nhi", "Content-Length: 2")]
    [InlineData("GET", "304 Not Modified\r\nContent-Length: 1234\r\n\r\n", "Content-Length: 1234")]
    [InlineData("GET", "304 Not Modified\r\n\r\n", null)]
    [InlineData("GET", "205 Reset Content\r\nContent-Length: 2\r\n\r\nhi", "Content-Length: 0")]
    [InlineData("GET", "205 Reset Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "Content-Length: 0")]
    public async Task Response_WithoutBody_HasNoneWhateverTheOriginSends(string method, string answer, string? length)
    {
        await using var wire = await AnsweringAsync("HTTP/1.1 " + answer);
        var client = await wire.ConnectAsync();

        // The second request shows that nothing of a body that must not be there has stayed behind, on either side.
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: {Host}\r\n\r\n");
            var response = await client.ReadMessageAsync(hasBody: false);
            Assert.StartsWith("HTTP/1.1 " + answer[..3], response.StartLine, StringComparison.Ordinal);
            Assert.Equal(length is null ? [] : [length], response.Fields.Where(f => f.StartsWith("Content-Length", StringComparison.Ordinal)));
            if (method == "GET") Assert.False(response.Has("Transfer-Encoding"));
        }

        Assert.Equal("", client.Unread);
    }
}
