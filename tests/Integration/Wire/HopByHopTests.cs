using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>What speaks of one connection only stays on it, and each side is spoken to in the proxy's own version (RFC 9110 §7.6.1, RFC 9112 §9.3).</summary>
public sealed class HopByHopTests
{
    [Theory]
    [InlineData("Connection: X-Gone\r\nX-Gone: 1\r\n", "X-Gone")]
    [InlineData("Connection: x-gONE\r\nX-Gone: 1\r\n", "X-Gone")]
    [InlineData("X-Gone: 1\r\nX-Gone: 2\r\nConnection: ,, X-Gone ,\tother,\r\n", "X-Gone")]
    [InlineData("Connection: keep-alive\r\nConnection: X-Gone\r\nX-Gone: 1\r\n", "X-Gone")]
    [InlineData("Connection: close, X-Gone\r\nX-Gone: 1\r\n", "X-Gone")]
    [InlineData("Connection: Cookie\r\nCookie: a=b\r\n", "Cookie")]
    [InlineData("Connection: Content-Type\r\nContent-Type: a/b\r\n", "Content-Type")]
    [InlineData("Connection: keep-alive\r\n", "Connection")]
    [InlineData("Keep-Alive: timeout=5\r\n", "Keep-Alive")]
    [InlineData("Proxy-Connection: keep-alive\r\n", "Proxy-Connection")]
    [InlineData("TE: gzip, deflate;q=0.5\r\n", "TE")]
    [InlineData("Upgrade: h2c\r\nConnection: Upgrade\r\n", "Upgrade")]
    [InlineData("Upgrade: websocket\r\n", "Upgrade")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", "HTTP2-Settings")]
    public async Task Request_FieldsOfTheConnection_DoNotReachTheOrigin(string fields, string gone)
    {
        var (request, _) = await ExchangeAsync(Get(fields + "X-Stays: yes\r\n"));

        Assert.Empty(request.Values(gone));
        Assert.Equal("yes", request.Value("X-Stays"));
    }

    [Fact]
    public async Task Request_Pipelined_LosesOnlyTheFieldsThatItNamesItself()
    {
        await using var wire = await StartAsync(async connection =>
        {
            while (true)
            {
                var request = await connection.ReadMessageAsync();
                var fields = string.Join(',', request.Fields.Where(f => f.StartsWith("X-", StringComparison.Ordinal) && !f.StartsWith("X-Forwarded", StringComparison.Ordinal)));
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {fields.Length}\r\n\r\n{fields}");
            }
        });
        var client = await wire.ConnectAsync();

        await client.SendAsync(
            Get("Connection: keep-alive\r\nX-A: 1\r\n") + Get("Connection: keep-alive, X-A\r\nX-A: 1\r\nX-B: 1\r\n") + Get("Connection: keep-alive, X-B\r\nX-A: 1\r\nX-B: 1\r\n") +
            Post("Connection: keep-alive, X-A\r\nX-A: 1\r\nX-B: 1\r\nContent-Length: 2\r\n", "hi") + Get("Connection: close, X-B\r\nX-A: 1\r\nX-B: 1\r\n") + Get("X-C: 1\r\n"));

        var answers = new List<string>();
        for (var i = 0; i < 5; i++) answers.Add((await client.ReadMessageAsync()).Body);
        Assert.Equal(["X-A: 1", "X-B: 1", "X-A: 1", "X-B: 1", "X-A: 1"], answers);
        Assert.Equal("", await client.WaitForEndAsync());
    }

    [Theory]
    [InlineData("Connection: Host\r\n", "Host")]
    [InlineData("Connection: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host\r\n", "X-Forwarded-For")]
    [InlineData("Connection: X-Forwarded-Host\r\nX-Forwarded-Host: evil\r\n", "X-Forwarded-Host")]
    [InlineData("Connection: Via\r\n", "Via")]
    public async Task Request_FieldsThatTheProxyAdds_CannotBeTakenAwayByTheClient(string fields, string stays)
    {
        var (request, _) = await ExchangeAsync(Get(fields));

        Assert.NotEqual("", request.Value(stays));
        Assert.DoesNotContain("evil", request.Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 2\r\nConnection: Content-Length\r\n", "hi")]
    [InlineData("Transfer-Encoding: chunked\r\nConnection: Transfer-Encoding\r\n", "2\r\nhi\r\n0\r\n\r\n")]
    public async Task Request_Framing_CannotBeTakenAwayByTheClient(string fields, string body)
    {
        var (request, _) = await ExchangeAsync(Post(fields, body));

        Assert.Equal("hi", request.Content);
    }

    [Fact]
    public async Task Request_TeTrailers_IsPassedOnAndNamedAsOfTheConnection()
    {
        var (request, _) = await ExchangeAsync(Get("TE: trailers, gzip\r\nConnection: TE\r\n"));

        Assert.Equal("trailers", request.Value("TE"));
        Assert.Equal("TE", request.Value("Connection"));
    }

    [Theory]
    [InlineData("Connection: X-Gone\r\nX-Gone: 1\r\n", "X-Gone")]
    [InlineData("X-Gone: 1\r\nConnection: close, ,x-gone\r\n", "X-Gone")]
    [InlineData("Connection: Set-Cookie\r\nSet-Cookie: a=b\r\n", "Set-Cookie")]
    [InlineData("Connection: Content-Type\r\nContent-Type: a/b\r\n", "Content-Type")]
    [InlineData("Connection: close\r\n", "Connection")]
    [InlineData("Keep-Alive: timeout=5\r\n", "Keep-Alive")]
    [InlineData("Proxy-Connection: close\r\n", "Proxy-Connection")]
    [InlineData("Upgrade: h2c\r\n", "Upgrade")]
    [InlineData("TE: trailers\r\n", "TE")]
    public async Task Response_FieldsOfTheConnection_DoNotReachTheClient(string fields, string gone)
    {
        var (_, response) = await ExchangeAsync(Get(), $"HTTP/1.1 200 OK\r\n{fields}X-Stays: yes\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Empty(response.Values(gone));
        Assert.Equal("yes", response.Value("X-Stays"));
        Assert.Equal("2", response.Value("Content-Length"));
        Assert.Equal("hi", response.Body);
    }

    [Fact]
    public async Task Response_OriginNamesTheLength_IsFramedAllTheSame()
    {
        var (_, response) = await ExchangeAsync(Get(), "HTTP/1.1 200 OK\r\nConnection: Content-Length\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal("hi", response.Content);
    }

    [Theory]
    [InlineData("HTTP/1.0", "HTTP/1.0")]
    [InlineData("HTTP/1.0", "HTTP/1.1")]
    [InlineData("HTTP/1.1", "HTTP/1.0")]
    [InlineData("HTTP/1.1", "HTTP/1.1")]
    public async Task Version_OfEachSide_IsTheProxysOwn(string client, string origin)
    {
        var (request, response) = await ExchangeAsync($"GET / {client}\r\nHost: {Host}\r\n\r\n", $"{origin} 200 OK\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal("GET / HTTP/1.1", request.StartLine);
        Assert.Equal("HTTP/1.1 200 OK", response.StartLine);
        Assert.Equal("hi", response.Body);
    }

    [Theory]
    [InlineData("HTTP/1.1", "Connection: close\r\n", true)]
    [InlineData("HTTP/1.1", "Connection: keep-alive, CLOSE\r\n", true)]
    [InlineData("HTTP/1.0", "", true)]
    [InlineData("HTTP/1.0", "Connection: keep-alive\r\n", false)]
    [InlineData("HTTP/1.1", "", false)]
    public async Task Close_AskedForByTheClient_ClosesTheClientSideOnly(string version, string fields, bool closes)
    {
        await using var wire = await AnsweringAsync(Answers.Hi);
        for (var i = 0; i < 2; i++)
        {
            var client = await wire.ConnectAsync();
            await client.SendAsync($"GET / {version}\r\nHost: {Host}\r\n{fields}\r\n");
            Assert.Equal("hi", (await client.ReadMessageAsync()).Body);
            if (closes) Assert.Equal("", await client.WaitForEndAsync());
            else
            {
                await client.SendAsync(Get());
                Assert.Equal("hi", (await client.ReadMessageAsync()).Body);
            }
        }

        Assert.Equal(1, wire.Origin.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhi")]
    public async Task Close_ByTheOrigin_LeavesTheClientItsConnection(string answer)
    {
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync(answer);
            await connection.FinishAsync();
        });
        var client = await wire.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(Get());
            Assert.Equal("hi", (await client.ReadMessageAsync()).Content);
        }

        Assert.Equal(3, wire.Origin.Connections);
    }
}
