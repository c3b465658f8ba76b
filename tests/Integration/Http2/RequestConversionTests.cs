namespace Net2Secure.Routing.Integration.Http2;

/// <summary>What an HTTP/2 request looks like to an HTTP/1.1 origin (RFC 9113 §8.3.1, §8.2.3, §8.1).</summary>
public sealed class RequestConversionTests : IAsyncLifetime
{
    private readonly Http2Front _front = new();
    private RawHttp2Client _client = null!;

    public async ValueTask InitializeAsync()
    {
        await _front.InitializeAsync();
        _client = await RawHttp2Client.ConnectAsync(_front.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _front.DisposeAsync();
    }

    [Fact]
    public async Task Host_ThatDiffersFromAuthority_IsIgnored()
    {
        var received = await SendAsync(HeaderBlock.Get("/", ("host", "other.example")));

        Assert.Contains("X-Forwarded-Host: front.example\r\n", received, StringComparison.Ordinal);
        Assert.DoesNotContain("other.example", received, StringComparison.Ordinal);
        Assert.Single(Lines(received, "Host"));
    }

    [Fact]
    public async Task Host_WithoutAuthority_TakesItsPlace()
    {
        var received = await SendAsync(HeaderBlock.Of((":method", "GET"), (":scheme", "http"), (":path", "/"), ("host", "lone.example:8080")));

        Assert.Contains("X-Forwarded-Host: lone.example:8080\r\n", received, StringComparison.Ordinal);
    }

    // A success would tell the client that the tunnel is there (RFC 8441 §5.1).
    [Fact]
    public async Task ExtendedConnect_ThatTheOriginAnswersWithoutSwitching_Is502()
    {
        await _client.RequestAsync(1, HeaderBlock.Of((":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":path", "/chat"), (":authority", "front.example"), ("sec-websocket-version", "13")), endStream: false);

        Assert.Equal(502, (await _client.OutcomeAsync(1)).Status);
        Assert.StartsWith("GET /chat HTTP/1.1\r\n", _front.Origin.Received(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CookieCrumbs_AreJoined()
    {
        var received = await SendAsync(HeaderBlock.Get("/", ("cookie", "a=1"), ("x-between", "1"), ("cookie", "b=2"), ("cookie", "c=3; d=4")));

        Assert.Equal(["a=1; b=2; c=3; d=4"], Lines(received, "Cookie"));
    }

    [Fact]
    public async Task RepeatedFields_StayLinesOfTheirOwn()
    {
        var received = await SendAsync(HeaderBlock.Get("/", ("x-list", "1"), ("x-list", "2, 3"), ("x-octets", "\xe4\xff")));

        Assert.Equal(["1", "2, 3"], Lines(received, "x-list"));
        Assert.Equal(["\xe4\xff"], Lines(received, "x-octets"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("PURGE")]
    public async Task Body_WithoutLength_GoesOutInChunks(string method)
    {
        await _client.RequestAsync(1, HeaderBlock.Request(method, "/upload"), endStream: false);
        await _client.DataAsync(1, "first ", endStream: false);
        await _client.DataAsync(1, "second", endStream: true);
        Assert.Equal(200, (await _client.OutcomeAsync(1)).Status);

        var received = _front.Origin.Received();
        Assert.StartsWith($"{method} /upload HTTP/1.1\r\n", received, StringComparison.Ordinal);
        Assert.Equal(["chunked"], Lines(received, "Transfer-Encoding"));
        Assert.Empty(Lines(received, "Content-Length"));
        Assert.Equal("first second", Dechunked(received));
    }

    [Fact]
    public async Task Body_WithLength_KeepsIt()
    {
        await _client.RequestAsync(1, HeaderBlock.Request("POST", "/upload", ("content-length", "4")), endStream: false);
        await _client.DataAsync(1, "data", endStream: true);
        Assert.Equal(200, (await _client.OutcomeAsync(1)).Status);

        var received = _front.Origin.Received();
        Assert.Equal(["4"], Lines(received, "Content-Length"));
        Assert.Empty(Lines(received, "Transfer-Encoding"));
        Assert.EndsWith("\r\n\r\ndata", received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trailers_FollowTheBody_WithoutThoseThatMayNot()
    {
        await _client.RequestAsync(1, HeaderBlock.Request("POST", "/upload"), endStream: false);
        await _client.DataAsync(1, "data", endStream: false);
        await _client.RequestAsync(1, HeaderBlock.Of(("x-sum", "42"), ("content-length", "9"), ("host", "other.example"), ("authorization", "none")));
        Assert.Equal(200, (await _client.OutcomeAsync(1)).Status);

        var received = _front.Origin.Received();
        Assert.EndsWith("\r\n0\r\nx-sum: 42\r\n\r\n", received, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("other.example", received, StringComparison.Ordinal);
        Assert.DoesNotContain("authorization", received, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Request_SaysOverWhatItCame()
    {
        var received = await SendAsync(HeaderBlock.Get("/a%2Fb//c;d?x=%20&y", ("te", "trailers")));

        Assert.StartsWith("GET /a%2Fb//c;d?x=%20&y HTTP/1.1\r\n", received, StringComparison.Ordinal);
        Assert.Equal(["2 net2"], Lines(received, "Via"));
        Assert.DoesNotContain(":path", received, StringComparison.Ordinal);
    }

    private static string[] Lines(string received, string name) =>
        [.. received[..received.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n")
            .Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(l => l[(name.Length + 1)..].Trim())];

    private static string Dechunked(string received)
    {
        var rest = received[(received.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        var body = "";
        while (true)
        {
            var lineEnd = rest.IndexOf("\r\n", StringComparison.Ordinal);
            var size = Convert.ToInt32(rest[..lineEnd], 16);
            if (size == 0) return body;
            body += rest.Substring(lineEnd + 2, size);
            rest = rest[(lineEnd + 2 + size + 2)..];
        }
    }

    private async Task<string> SendAsync(HeaderBlock block)
    {
        await _client.RequestAsync(1, block);
        Assert.Equal(200, (await _client.OutcomeAsync(1)).Status);
        return _front.Origin.Received();
    }
}
