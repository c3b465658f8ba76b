using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>What is left of a body when the answer is out (RFC 9112 §9.3) is drained or dropped with the connection, and never read as a request.</summary>
public sealed class UnreadBodyTests(WireFixture wire) : IClassFixture<WireFixture>
{
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData("TRACE /x HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n", Smuggled, 405)]
    [InlineData("OPTIONS /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\nContent-Length: 35\r\n\r\n", Smuggled, 204)]
    [InlineData("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n", Smuggled, 200)]
    [InlineData("POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "23\r\n" + Smuggled + "\r\n0\r\n\r\n", 200)]
    [InlineData("POST /a/%2e%2e HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n", Smuggled, 400)]
    [InlineData("POST /x HTTP/1.1\r\nHost: a b\r\nContent-Length: 35\r\n\r\n", Smuggled, 400)]
    public async Task Body_BehindAnEarlyAnswer_IsNoRequest(string head, string body, int status)
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync(head);

        Assert.Equal(status, (await client.ReadResponseAsync()).Status);
        await client.TrySendAsync(body);
        client.FinishSending();

        // A connection that is kept may answer nothing more than that its end came early.
        Assert.DoesNotContain("HTTP/1.1 200", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(wire.Origin.Requests, r => r.Target == "/smuggled");
        Assert.Empty(wire.Origin.Complaints);
    }

    [Fact]
    public async Task Body_BehindAnAnswerToABrokenOrigin_IsNoRequest()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(new Uri("http://127.0.0.1:1/"));
        using var client = await RawClient.ConnectAsync(proxy.Address);
        await client.SendAsync("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n");

        var response = await client.ReadResponseAsync();
        Assert.Equal(502, response.Status);
        response.AssertProblem();
        await client.SendAsync(Smuggled);
        client.FinishSending();
        Assert.Equal("", await client.ReadToEndAsync());
    }

    // The answer must not be lost to the reset that a close with unread bytes would cause (RFC 9112 §9.6).
    [Theory]
    [InlineData("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", 400)]
    [InlineData("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\n", 400)]
    [InlineData("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("POST /a/%2e%2e/ HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n", 400)]
    public async Task Answer_WhileTheClientGoesOnSending_Arrives(string bytes, int status)
    {
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync(bytes);
        Assert.True(await client.TrySendAsync(new string('x', 2_000_000)), "The proxy closed before it had read what was on its way.");

        var response = await client.ReadResponseAsync();

        Assert.Equal(status, response.Status);
        // The client neither sends nor closes: the proxy does, and in order.
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.False(client.WasReset);
    }
}
