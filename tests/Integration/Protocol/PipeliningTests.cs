using System.Globalization;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>Several requests on one connection (RFC 9112 §9.3): answered in order, and nothing runs behind a bad one or the last one.</summary>
public sealed class PipeliningTests(WireFixture wire) : IClassFixture<WireFixture>
{
    private const string Mixed =
        "GET /0 HTTP/1.1\r\nHost: a\r\n\r\n"
        + "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nGET / HTTP/\r\n"
        + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0000000000005;x\r\nhello\r\n0\r\nx: y\r\n\r\n"
        + "DELETE /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        + "GET /4 HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"
        + "OPTIONS /5 HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(61)]
    [InlineData(100)]
    public async Task Requests_OneBehindTheOther_AreAnsweredInOrder(int pieceSize)
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync(Mixed + WireFixture.Sentinel, pieceSize);

        for (var i = 0; i < 6; i++) Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"/{i}"), (await client.ReadResponseAsync()).Body);
        Assert.Equal("/sentinel", (await client.ReadResponseAsync()).Body);
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Equal(["/0", "/1", "/2", "/3", "/4", "/5", "/sentinel"], wire.Origin.Requests.Select(r => r.Target));
        Assert.Equal(["", "GET / HTTP/", "hello", "abc", "", "", ""], wire.Origin.Requests.Select(r => r.Body));
        Assert.Empty(wire.Origin.Complaints);
    }

    [Fact]
    public async Task Requests_ManyAtOnce_AreAllAnswered()
    {
        using var client = await RawClient.ConnectAsync(wire.Address);
        var requests = string.Concat(Enumerable.Range(0, 500).Select(i => string.Create(CultureInfo.InvariantCulture, $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n")));
        var sending = client.SendAsync(requests);

        for (var i = 0; i < 500; i++) Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"/{i}"), (await client.ReadResponseAsync()).Body);
        await sending;
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", 400)]
    [InlineData("GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505)]
    [InlineData("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 405)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\n\n", 400)]
    [InlineData("gar bage\r\n", 400)]
    [InlineData("\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    public async Task BadRequest_BehindGoodOnes_IsRefusedInItsTurnAndTheLast(string bad, int status)
    {
        foreach (var pieceSize in new[] { 0, 1, 50 })
        {
            wire.Origin.Forget();
            using var client = await RawClient.ConnectAsync(wire.Address);
            await client.SendAsync(
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok" + bad + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", pieceSize);

            Assert.Equal("/1", (await client.ReadResponseAsync()).Body);
            Assert.Equal("/2", (await client.ReadResponseAsync()).Body);
            var refusal = await client.ReadResponseAsync();
            Assert.Equal(status, refusal.Status);
            refusal.AssertProblem();
            await WireFixture.AssertClosedAsync(client, refusal);
            await wire.AssertOriginSawAsync(2);
        }
    }

    [Fact]
    public async Task BadBody_BehindAGoodRequest_IsRefusedInItsTurnAndTheLast()
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal("/1", (await client.ReadResponseAsync()).Body);
        var refusal = await client.ReadResponseAsync();
        Assert.Equal(400, refusal.Status);
        await WireFixture.AssertClosedAsync(client, refusal);
        Assert.DoesNotContain(wire.Origin.Requests, r => r.IsComplete && r.Target != "/1");
    }

    [Theory]
    [InlineData("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /last HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, CLOSE\r\n\r\n")]
    [InlineData("GET /last HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: ,close\r\n\r\n")]
    [InlineData("GET /last HTTP/1.0\r\nHost: a\r\n\r\n")]
    [InlineData("POST /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("POST /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    public async Task Requests_BehindTheLastOne_AreNotRun(string last)
    {
        foreach (var pieceSize in new[] { 0, 1 })
        {
            wire.Origin.Forget();
            using var client = await RawClient.ConnectAsync(wire.Address);
            await client.SendAsync(last + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", pieceSize);

            var response = await client.ReadResponseAsync();
            Assert.Equal("/last", response.Body);
            await WireFixture.AssertClosedAsync(client, response);
            await wire.AssertOriginSawAsync(1);
        }
    }

    [Fact]
    public async Task Http10_WithKeepAlive_StaysOpen()
    {
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal("/1", (await client.ReadResponseAsync()).Body);
        Assert.Equal("/2", (await client.ReadResponseAsync()).Body);
    }

    // An upgrade that does not come about leaves HTTP in force, with every check.
    [Theory]
    [InlineData("websocket")]
    [InlineData("h2c")]
    public async Task Requests_BehindAnUpgradeThatIsDeclined_AreReadAsRequests(string protocol)
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync(
            $"GET /0 HTTP/1.1\r\nHost: a\r\n\r\nGET /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n");

        Assert.Equal("/0", (await client.ReadResponseAsync()).Body);
        Assert.Equal("/1", (await client.ReadResponseAsync()).Body);
        Assert.Equal("/2", (await client.ReadResponseAsync()).Body);
        Assert.Equal(400, (await client.ReadResponseAsync()).Status);
        await wire.AssertOriginSawAsync(3);
    }
}
