namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>What reaches client and origin where the cache has to ask, through the proxy (RFC 9110 §7.6, RFC 9111 §3.1).</summary>
public sealed class PassingTests(CachedProxies proxies) : CacheTable(proxies)
{
    [Theory]
    [InlineData("200 OK", true)]
    [InlineData("226 IM Used", true)]
    [InlineData("299 Odd", true)]
    [InlineData("305 Use Proxy", true)]
    [InlineData("418 I am a teapot", true)]
    [InlineData("499 Own Words", true)]
    [InlineData("599 Odd", true)]
    [InlineData("600 Odd", false)]
    [InlineData("799 Odd", false)]
    [InlineData("999 Odd", false)]
    public Task Status_OfAnyNumber_IsPassedOnWithItsReason(string status, bool isStored) => EachAsync(async story =>
    {
        story.Status(status, "one", "Cache-Control: max-age=60").Status(status, "two", "Cache-Control: max-age=60");
        foreach (var body in new[] { "one", isStored ? "one" : "two" })
        {
            var answer = await story.GetAsync();
            Assert.Equal(($"HTTP/1.1 {status}", body), (answer.StartLine, answer.Body));
        }
    });

    [Theory]
    [InlineData("Date: whenever")]
    [InlineData("Date: {0}|Age: odd")]
    [InlineData("Date: {0}|Age: 1, 2")]
    [InlineData("Date: {0}|Age: -1")]
    [InlineData("Date: {0}|Vary: a,,b ,")]
    [InlineData("Date: {0}|Vary: a b")]
    [InlineData("Date: {0}|Expires: soon")]
    [InlineData("Date: {0}|Expires: 0|Cache-Control: ;;=\", x")]
    [InlineData("Date: {0}|ETag: odd|Last-Modified: 12345")]
    [InlineData("Date: {0}|Cache-Control: max-age=60|ETag: W/\"\u00fc\"")]
    [InlineData("Date: {0}|Content-Type: no/such;;thing|Content-Language: ??")]
    [InlineData("Date: {0}|Content-Range: odd|Accept-Ranges: odd|Content-Location: :::")]
    [InlineData("Date: {0}|CDN-Cache-Control: ?!|Surrogate-Control: x")]
    [InlineData("Date: {0}|Warning: 110 - \"stale\"|Pragma: no-cache")]
    [InlineData("Date: {0}|Set-Cookie: a=1; Expires=whenever|Set-Cookie: b")]
    public Task Fields_OfAnyValue_ArePassedOnAsTheyCame(string fields) => EachAsync(async story =>
    {
        story.Ok("one", fields);
        var sent = story.Head("200 OK", fields).Split("\r\n")[1..^1].Append("Content-Length: 3").Order(StringComparer.Ordinal);
        Assert.Equal(sent, (await story.GetAsync()).Fields.Order(StringComparer.Ordinal));
    });

    [Fact]
    public Task Date_WhereThereIsNone_IsTheTimeOfReceipt() => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60");
        var received = story.Date();
        Assert.Equal(received, (await story.GetAsync()).Value("Date"));
        story.Pass(20);
        Assert.Equal((received, "20"), (await story.GetAsync()) is var hit ? (hit.Value("Date"), hit.Value("Age")) : default);
    });

    [Theory]
    [InlineData("Cache-Control: max-age=60")]
    [InlineData("Cache-Control: no-store")]
    public Task Age_OfTheOrigin_StaysAsItIsOnAMiss(string fields) => EachAsync(async story =>
    {
        story.Ok("one", fields + "|Age: 30");
        Assert.Equal("30", (await story.GetAsync()).Value("Age"));
    });

    [Theory]
    [InlineData("X-Own: 1|x-own: 2|Accept: */*|Accept-Language: en;q=0.5|Cookie: a=b; c=\u00e4|User-Agent: x|Cache-Control: max-age=5, x|Pragma: y|If-None-Match: \"z\"|Range: bytes=1-2|TE: trailers")]
    public Task Fields_OfTheClient_ReachTheOriginAsTheyCame(string fields) => EachAsync(async story =>
    {
        story.Ok("one");
        await story.GetAsync(fields);
        var request = story.Requests[0];
        foreach (var name in fields.Split('|').Select(static f => f.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var sent = fields.Split('|').Where(f => f.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(f => f[(name.Length + 2)..]);
            Assert.Equal(string.Join(", ", sent), string.Join(", ", request.Values(name)));
        }
    });

    [Fact]
    public Task Request_ThatReachedTheOrigin_IsNotRepeated() => EachAsync(async story =>
    {
        story.Answer(static async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200");
            connection.Reset();
        }).Ok("two");
        Assert.Equal(502, (await story.GetAsync()).Status);
        Assert.Equal(1, story.Asked);
    });
}
