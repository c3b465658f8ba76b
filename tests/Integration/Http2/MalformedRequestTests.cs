namespace Net2Secure.Routing.Integration.Http2;

/// <summary>RFC 9113 §8: a malformed request is answered with 400 or RST_STREAM, and nothing of it reaches an origin.</summary>
public sealed class MalformedRequestTests(Http2Front front) : IClassFixture<Http2Front>
{
    public static TheoryData<string, string, string> BadFields { get; } = new()
    {
        // RFC 9113 §8.2.2: connection-specific fields
        { "connection", "connection", "close" },
        { "connection naming a field", "connection", "x-case" },
        { "keep-alive", "keep-alive", "timeout=5" },
        { "proxy-connection", "proxy-connection", "keep-alive" },
        { "transfer-encoding", "transfer-encoding", "chunked" },
        { "upgrade", "upgrade", "websocket" },
        { "te beyond trailers", "te", "gzip" },
        { "te with trailers among others", "te", "trailers, gzip" },
        // RFC 9113 §8.2.1: names
        { "upper case", "X-Upper", "1" },
        { "upper case at the end", "x-uppeR", "1" },
        { "blank in name", "x y", "1" },
        { "blank behind name", "x-y ", "1" },
        { "colon in name", "x:y", "1" },
        { "colon at the end", "x-y:", "1" },
        { "empty name", "", "1" },
        { "NUL in name", "x\0y", "1" },
        { "CR LF in name", "x\r\ny", "1" },
        { "DEL in name", "x\x7fy", "1" },
        { "octet beyond ASCII in name", "x\xe4y", "1" },
        { "a header of its own in name", "x: 1\r\nx-smuggled", "1" },
        // RFC 9113 §8.2.1: values
        { "CR in value", "x-y", "a\rb" },
        { "LF in value", "x-y", "a\nb" },
        { "CR LF in value", "x-y", "a\r\nx-smuggled: 1" },
        { "NUL in value", "x-y", "a\0b" },
        { "blank before value", "x-y", " a" },
        { "blank behind value", "x-y", "a " },
        { "tab before value", "x-y", "\ta" },
        { "tab behind value", "x-y", "a\t" },
        // RFC 9113 §8.3: pseudo-headers
        { "late pseudo-header", ":path", "/late" },
        { "unknown pseudo-header", ":unknown", "1" },
        { "pseudo-header of responses", ":status", "200" },
        { "method twice", ":method", "GET" },
        { "protocol without CONNECT", ":protocol", "websocket" },
        // RFC 9110 §8.6
        { "length with sign", "content-length", "+0" },
        { "negative length", "content-length", "-1" },
        { "length in hex", "content-length", "0x0" },
        { "empty length", "content-length", "" },
        { "length with letters", "content-length", "1a" },
        { "length list", "content-length", "0, 0" },
        { "length beyond all numbers", "content-length", "99999999999999999999" },
        { "length of a body that is not there", "content-length", "5" },
        { "length with decimals", "content-length", "0.0" },
    };

    public static TheoryData<string, string, string> BadPseudoHeaders { get; } = new()
    {
        { "empty path", ":path", "" },
        { "path without slash", ":path", "path" },
        { "path in absolute form", ":path", "http://other.example/" },
        { "asterisk for GET", ":path", "*" },
        { "blank in path", ":path", "/a b" },
        { "tab in path", ":path", "/a\tb" },
        { "CR LF in path", ":path", "/a HTTP/1.1\r\nx-smuggled: 1\r\n\r\n" },
        { "NUL in path", ":path", "/a\0b" },
        { "control in path", ":path", "/a\x01b" },
        { "octet beyond ASCII in path", ":path", "/a\xe4" },
        { "fragment in path", ":path", "/a#b" },
        { "empty method", ":method", "" },
        { "blank in method", ":method", "GET /x" },
        { "CR LF in method", ":method", "GET\r\n" },
        { "colon in method", ":method", "GE:T" },
        { "authority with userinfo", ":authority", "user@front.example" },
        { "authority with slash", ":authority", "front.example/x" },
        { "authority with blank", ":authority", "front example" },
        { "authority with CR LF", ":authority", "front.example\r\nx-smuggled: 1" },
        { "authority with NUL", ":authority", "front\0example" },
        { "authority with query", ":authority", "front.example?x" },
        { "authority with a port that is none", ":authority", "front.example:http" },
        { "empty authority", ":authority", "" },
        { "empty scheme", ":scheme", "" },
        { "scheme with controls", ":scheme", "ht\ntp" },
        { "scheme with a smuggled host", ":scheme", "http://other.example/x?" },
        { "another scheme", ":scheme", "ftp" },
        { "the wrong scheme", ":scheme", "https" },
    };

    [Theory]
    [MemberData(nameof(BadFields))]
    public async Task Field_ThatIsMalformed_RefusesTheRequest(string what, string name, string value)
    {
        var mark = Mark();
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.RequestAsync(1, HeaderBlock.Get("/" + mark, ("x-case", mark), (name, value)));

        await AssertRefusedAsync(client, what, mark);
    }

    [Theory]
    [MemberData(nameof(BadPseudoHeaders))]
    public async Task PseudoHeader_ThatIsMalformed_RefusesTheRequest(string what, string name, string value)
    {
        var mark = Mark();
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);
        var block = new HeaderBlock();
        foreach (var (known, good) in (ReadOnlySpan<(string, string)>)[(":method", "GET"), (":scheme", "http"), (":path", "/" + mark), (":authority", "front.example")])
            block.Add(known, known == name ? value : good);

        await client.RequestAsync(1, block.Add("x-case", mark));

        await AssertRefusedAsync(client, what, mark);
    }

    [Theory]
    [InlineData(":method")]
    [InlineData(":scheme")]
    [InlineData(":path")]
    [InlineData(":authority")]
    public async Task PseudoHeader_ThatIsMissing_RefusesTheRequest(string missing)
    {
        var mark = Mark();
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);
        var block = new HeaderBlock();
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[(":method", "GET"), (":scheme", "http"), (":path", "/" + mark), (":authority", "front.example")])
        {
            if (name != missing) block.Add(name, value);
        }

        await client.RequestAsync(1, block.Add("x-case", mark));

        await AssertRefusedAsync(client, missing, mark);
    }

    [Theory]
    [InlineData(":scheme", "http")]
    [InlineData(":authority", "front.example")]
    [InlineData(":authority", "other.example")]
    [InlineData(":path", "/other")]
    public async Task PseudoHeader_ThatComesTwice_RefusesTheRequest(string name, string value)
    {
        var mark = Mark();
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        // Second, so that it is the doubling which is wrong and not the order.
        var block = HeaderBlock.Of((":method", "GET"), (":scheme", "http"), (":path", "/" + mark), (":authority", "front.example"), (name, value), ("x-case", mark));
        await client.RequestAsync(1, block);

        await AssertRefusedAsync(client, name, mark);
    }

    [Theory]
    [InlineData("front.example", "front.example")]
    [InlineData("front.example", "other.example")]
    public async Task Host_Twice_RefusesTheRequest(string first, string second)
    {
        var mark = Mark();
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        var block = HeaderBlock.Of((":method", "GET"), (":scheme", "http"), (":path", "/" + mark), ("host", first), ("host", second), ("x-case", mark));
        await client.RequestAsync(1, block);

        await AssertRefusedAsync(client, "two hosts", mark);
    }

    [Theory]
    [InlineData("5", "5")]
    [InlineData("5", "6")]
    public async Task ContentLength_Twice_RefusesTheRequest(string first, string second)
    {
        var mark = Mark();
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.RequestAsync(1, HeaderBlock.Request("POST", "/" + mark, ("x-case", mark), ("content-length", first), ("content-length", second)), endStream: false);
        await client.DataAsync(1, "12345", endStream: true);

        await AssertRefusedAsync(client, "two lengths", mark);
    }

    [Theory]
    [InlineData("4", "12345")]
    [InlineData("6", "12345")]
    [InlineData("0", "12345")]
    public async Task Data_ThatDoesNotMatchContentLength_IsNeverACompleteRequest(string length, string data)
    {
        var mark = Mark();
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.RequestAsync(1, HeaderBlock.Request("POST", "/" + mark, ("content-length", length)), endStream: false);
        await client.DataAsync(1, data, endStream: true);

        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.IsRefusal, outcome.ToString());
        // The head may have gone out before the end was known; then the body has stayed short of its length.
        await front.WasForwardedAsync(mark);
        var request = front.Origin.Connections().FirstOrDefault(c => c.Contains("/" + mark + " HTTP", StringComparison.Ordinal));
        var body = request is null ? "" : request[(request.IndexOf("\r\n\r\n", request.IndexOf("/" + mark, StringComparison.Ordinal), StringComparison.Ordinal) + 4)..];
        Assert.True(request is null || body.Length < int.Parse(length, System.Globalization.CultureInfo.InvariantCulture), request);
    }

    // What makes it too long may come when all of its length has.
    [Fact]
    public async Task Body_WhoseStreamIsOpen_IsCompleteOnlyWhenItIsKnownToBe()
    {
        var (mark, good) = (Mark(), Mark());
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.RequestAsync(1, HeaderBlock.Request("POST", "/" + mark, ("content-length", "4")), endStream: false);
        await client.RequestAsync(3, HeaderBlock.Request("POST", "/" + good, ("content-length", "4")), endStream: false);
        await client.DataAsync(1, "1234", endStream: false);
        await client.DataAsync(3, "1234", endStream: false);
        await front.WasForwardedAsync(mark);
        await client.DataAsync(1, "5", endStream: true);
        await client.DataAsync(3, "", endStream: true);

        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.IsRefusal, outcome.ToString());
        Assert.Equal(200, (await client.OutcomeAsync(3)).Status);
        Assert.DoesNotContain(front.Origin.Connections(), c => c.Contains("/" + mark + " HTTP", StringComparison.Ordinal) && c.Contains("1234", StringComparison.Ordinal));
        Assert.Contains(front.Origin.Connections(), c => c.Contains("/" + good + " HTTP", StringComparison.Ordinal) && c.EndsWith("1234", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EmptyBody_WhoseStreamIsOpen_IsForwardedOnlyWhenItIsKnownToBeEmpty()
    {
        var (mark, good) = (Mark(), Mark());
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.RequestAsync(1, HeaderBlock.Request("POST", "/" + mark, ("content-length", "0")), endStream: false);
        await client.RequestAsync(3, HeaderBlock.Request("POST", "/" + good, ("content-length", "0")), endStream: false);
        Assert.False(await front.WasForwardedAsync(mark));
        await client.DataAsync(1, "12345", endStream: true);
        await client.DataAsync(3, "", endStream: true);

        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.IsRefusal, outcome.ToString());
        Assert.Equal(200, (await client.OutcomeAsync(3)).Status);
        Assert.False(await front.WasForwardedAsync(mark));
        Assert.True(await front.WasForwardedAsync(good));
    }

    [Fact]
    public async Task Connect_IsRefusedAndNeverForwarded()
    {
        var mark = Mark();
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.RequestAsync(1, HeaderBlock.Of((":method", "CONNECT"), (":authority", "inner.example:443"), ("x-case", mark)), endStream: false);

        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.Status is 405 or 501 || outcome.Reset is not null, outcome.ToString());
        Assert.False(await front.WasForwardedAsync(mark));
    }

    [Theory]
    [InlineData("connection", "close")]
    [InlineData("x y", "1")]
    [InlineData("X-Upper", "1")]
    [InlineData("x-y", "a\r\nx-smuggled: 1")]
    [InlineData(":path", "/trailer")]
    public async Task Trailer_ThatIsMalformed_IsNotForwarded(string name, string value)
    {
        var mark = Mark();
        await using var client = await RawHttp2Client.ConnectAsync(front.Address);

        await client.RequestAsync(1, HeaderBlock.Request("POST", "/" + mark), endStream: false);
        await client.DataAsync(1, "data", endStream: false);
        await client.RequestAsync(1, HeaderBlock.Of((name, value), ("x-case", "trailer-" + mark)));

        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.IsRefusal || outcome.Status == 200, outcome.ToString());
        await front.WasForwardedAsync(mark);
        var received = front.Origin.Received();
        Assert.DoesNotContain("x-smuggled", received, StringComparison.OrdinalIgnoreCase);
        if (outcome.Status != 200) Assert.DoesNotContain("trailer-" + mark, received, StringComparison.Ordinal);
        Assert.DoesNotContain("x y", received, StringComparison.Ordinal);
    }

    private static string Mark() => "case" + Guid.NewGuid().ToString("N")[..12];

    private async Task AssertRefusedAsync(RawHttp2Client client, string what, string mark)
    {
        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.IsRefusal, $"{what}: {outcome}");
        Assert.False(await front.WasForwardedAsync(mark), $"{what} was forwarded: {front.Origin.Received()}");
    }
}
