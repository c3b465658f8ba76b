using System.Globalization;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>Conditions, ranges and wishes of clients, through the proxy (RFC 9111 §3.3, §3.4, §4.3.2, §5.2.1, §5.4; RFC 9110 §13, §14).</summary>
public sealed class ConditionTests(CachedProxies proxies) : CacheTable(proxies)
{
    private const string Ten = "0123456789";

    [Theory]
    [InlineData("ETag: \"a\"", "If-None-Match: \"a\"", 304)]
    [InlineData("ETag: \"a\"", "If-None-Match: W/\"a\"", 304)]
    [InlineData("ETag: W/\"a\"", "If-None-Match: \"a\"", 304)]
    [InlineData("ETag: \"a\"", "If-None-Match: \"x\", \"a\", \"y\"", 304)]
    [InlineData("ETag: \"a\"", "If-None-Match: \"x\"|If-None-Match: \"a\"", 304)]
    [InlineData("ETag: \"a\"", "If-None-Match: \"x,\\\", \"a\"", 304)]
    [InlineData("ETag: \"a\"", "If-None-Match: *", 304)]
    [InlineData("ETag: \"a\"", "If-None-Match: \"x\"", 200)]
    [InlineData("X-No: 1", "If-None-Match: \"a\"", 200)]
    // If-Modified-Since does not count beside it.
    [InlineData("ETag: \"a\"|Last-Modified: {-60}", "If-None-Match: \"x\"|If-Modified-Since: {0}", 200)]
    [InlineData("ETag: \"a\"|Last-Modified: {-60}", "If-None-Match: \"a\"|If-Modified-Since: {-3600}", 304)]
    [InlineData("Last-Modified: {-60}", "If-Modified-Since: {-60}", 304)]
    [InlineData("Last-Modified: {-60}", "If-Modified-Since: {-30}", 304)]
    [InlineData("Last-Modified: {-60}", "If-Modified-Since: {-60:850}", 304)]
    [InlineData("Last-Modified: {-60}", "If-Modified-Since: {-61}", 200)]
    [InlineData("Last-Modified: {-60}", "If-Modified-Since: soon", 200)]
    [InlineData("Date: {-60}", "If-Modified-Since: {-60}", 304)]
    [InlineData("Date: {-60}", "If-Modified-Since: {-61}", 200)]
    public Task Conditions_OnAFreshResponse_AreAnsweredFromTheStore(string response, string request, int status) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=3600, public|Vary: Foo|Expires: {3600}|Content-Location: /here|Content-Type: a/b|" + response);
        await story.GetAsync();
        var answer = await story.GetAsync(request);
        Assert.Equal((status, status == 200 ? "one" : ""), (answer.Status, answer.Body));
        Assert.Equal(1, story.Asked);
        if (status == 200) return;
        // RFC 9110 §15.4.5: what a 304 has to say, and nothing of a content.
        Assert.Equal(("max-age=3600, public", "Foo", "/here"), (answer.Value("Cache-Control"), answer.Value("Vary"), answer.Value("Content-Location")));
        Assert.True(answer.Has("Date") && answer.Has("Age") && answer.Has("Expires"));
        Assert.Equal(response.Contains("ETag", StringComparison.Ordinal), answer.Has("ETag"));
        Assert.False(answer.Has("Content-Length") || answer.Has("Content-Type") || answer.Has("Transfer-Encoding"));
    });

    [Fact]
    public Task NotModified_HasNoBodyOnTheWire() => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60|ETag: \"a\"");
        await story.GetAsync();
        using var client = await story.StartAsync("GET", "If-None-Match: \"a\"");
        await client.SendAsync($"GET {story.Path} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
        Assert.Equal(304, (await client.ReadMessageAsync()).Status);
        Assert.Equal("one", (await client.ReadMessageAsync()).Body);
        Assert.Equal("", await client.WaitForEndAsync());
    });

    [Theory]
    [InlineData("If-None-Match: \"x\", W/\"y\"")]
    [InlineData("If-Modified-Since: {-60}")]
    [InlineData("Range: bytes=0-3")]
    [InlineData("Range: bytes=0-3|If-Range: \"x\"")]
    [InlineData("If-Match: \"x\"")]
    [InlineData("If-Unmodified-Since: {0}")]
    public Task Conditions_WithNothingStored_GoToTheOriginAsTheyAre(string fields) => EachAsync(async story =>
    {
        story.NotModified("ETag: \"x\"");
        Assert.Equal(304, (await story.GetAsync(fields)).Status);
        foreach (var field in fields.Split('|'))
        {
            var (name, value) = (field.Split(':')[0], field[(field.IndexOf(':', StringComparison.Ordinal) + 2)..]);
            Assert.Equal(value.Replace("{-60}", story.Date(-60), StringComparison.Ordinal).Replace("{0}", story.Date(), StringComparison.Ordinal), story.Requests[0].Value(name));
        }

        // And what the client got was for it alone.
        story.Ok("one");
        Assert.Equal("one", (await story.GetAsync()).Body);
    });

    [Theory]
    [InlineData("If-Match: \"a\"")]
    [InlineData("If-Unmodified-Since: {0}")]
    public Task ConditionsOfWriters_PassWhateverIsStored(string fields) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60|ETag: \"a\"").Status("412 Precondition Failed", "");
        await story.GetAsync();
        Assert.Equal(412, (await story.GetAsync(fields)).Status);
    });

    [Theory]
    [InlineData("bytes=0-3", 206, "0123", "bytes 0-3/10")]
    [InlineData("bytes=4-", 206, "456789", "bytes 4-9/10")]
    [InlineData("bytes=-2", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=8-100", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=-100", 206, Ten, "bytes 0-9/10")]
    [InlineData("BYTES=0-0", 206, "0", "bytes 0-0/10")]
    [InlineData("bytes=10-", 416, "", "bytes */10")]
    [InlineData("bytes=-0", 416, "", "bytes */10")]
    [InlineData("bytes=0-1,4-5", 200, Ten, null)]
    [InlineData("bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7", 200, Ten, null)]
    [InlineData("lines=0-1", 200, Ten, null)]
    [InlineData("bytes=3-1", 200, Ten, null)]
    [InlineData("bytes=a-b", 200, Ten, null)]
    [InlineData("bytes=99999999999999999999-", 416, "", "bytes */10")]
    public Task Range_OfAFreshWhole_IsAnsweredFromTheStore(string range, int status, string body, string? contentRange) => EachAsync(async story =>
    {
        story.Ok(Ten, "Cache-Control: max-age=60|ETag: \"a\"|X-Kept: 1|Content-Type: a/b");
        await story.GetAsync();
        var answer = await story.GetAsync($"Range: {range}");
        Assert.Equal((status, body), (answer.Status, answer.Body));
        Assert.Equal(contentRange, answer.Values("Content-Range").SingleOrDefault());
        Assert.Equal(body.Length.ToString(CultureInfo.InvariantCulture), answer.Value("Content-Length"));
        if (status != 416) Assert.Equal(("1", "\"a\"", "a/b", "0"), (answer.Value("X-Kept"), answer.Value("ETag"), answer.Value("Content-Type"), answer.Value("Age")));
        Assert.Equal(1, story.Asked);
    });

    [Theory]
    [InlineData("ETag: \"a\"", "If-Range: \"a\"", 206)]
    [InlineData("ETag: \"a\"", "If-Range: \"b\"", 200)]
    [InlineData("ETag: W/\"a\"", "If-Range: W/\"a\"", 200)]
    [InlineData("ETag: \"a\"", "If-Range: W/\"a\"", 200)]
    public Task IfRange_NeedsAStrongMatch(string response, string request, int status) => EachAsync(async story =>
    {
        story.Ok(Ten, "Cache-Control: max-age=60|" + response);
        await story.GetAsync();
        Assert.Equal((status, status == 206 ? "01" : Ten), await OfAsync(story.GetAsync("Range: bytes=0-1|" + request)));
        Assert.Equal(1, story.Asked);

        static async Task<(int, string)> OfAsync(Task<Testing.RawMessage> answering)
        {
            var answer = await answering;
            return (answer.Status, answer.Body);
        }
    });

    [Theory]
    [InlineData("bytes=2-5", "2345", 1)]
    [InlineData("bytes=3-4", "34", 1)]
    [InlineData("bytes=2-6", "23456", 2)]
    [InlineData("bytes=-1", "9", 2)]
    public Task Part_Stored_AnswersRangesInside(string range, string body, int asked) => EachAsync(async story =>
    {
        story.Status("206 Partial Content", "2345", "Cache-Control: max-age=60|ETag: \"a\"|Content-Range: bytes 2-5/10");
        Assert.Equal("2345", (await story.GetAsync("Range: bytes=2-5")).Body);
        var (first, last) = range == "bytes=-1" ? (9, 9) : (2, 6);
        story.Status("206 Partial Content", body, $"Content-Range: bytes {first}-{last}/10|ETag: \"a\"");
        var answer = await story.GetAsync($"Range: {range}");
        Assert.Equal((206, body, asked), (answer.Status, answer.Body, story.Asked));
    });

    [Fact]
    public Task Part_OfNoExplicitFreshness_IsNotStored() => EachAsync(async story =>
    {
        story.Status("206 Partial Content", "01", "Last-Modified: {-36000}|ETag: \"a\"|Content-Range: bytes 0-1/10").Status("206 Partial Content", "01", "Content-Range: bytes 0-1/10");
        await story.GetAsync("Range: bytes=0-1");
        await story.GetAsync("Range: bytes=0-1");
        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task Beginning_Stored_IsCompletedByTheRest() => EachAsync(async story =>
    {
        story.Status("206 Partial Content", "0123", "Cache-Control: max-age=60|ETag: \"a\"|Content-Range: bytes 0-3/10")
            .Status("206 Partial Content", "456789", "Cache-Control: max-age=60|ETag: \"a\"|Content-Range: bytes 4-9/10");
        await story.GetAsync("Range: bytes=0-3");
        var whole = await story.GetAsync();
        Assert.Equal((200, Ten), (whole.Status, whole.Body));
        Assert.Equal(("bytes=4-", "\"a\""), (story.Requests[1].Value("Range"), story.Requests[1].Value("If-Range")));
        Assert.Equal(Ten, (await story.GetAsync()).Body);
        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task Beginning_Stored_AnotherWholeTakesItsPlace() => EachAsync(async story =>
    {
        story.Status("206 Partial Content", "0123", "Cache-Control: max-age=60|ETag: \"a\"|Content-Range: bytes 0-3/10").Ok("other", "Cache-Control: max-age=60|ETag: \"b\"");
        await story.GetAsync("Range: bytes=0-3");
        Assert.Equal("other", (await story.GetAsync()).Body);
        Assert.Equal("other", (await story.GetAsync()).Body);
        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task Beginning_Stored_AnythingElse_AndTheWholeIsFetched() => EachAsync(async story =>
    {
        story.Status("206 Partial Content", "0123", "Cache-Control: max-age=60|ETag: \"a\"|Content-Range: bytes 0-3/10")
            .Status("206 Partial Content", "xxxxxx", "ETag: \"b\"|Content-Range: bytes 4-9/10").Ok("other", "Cache-Control: max-age=60|ETag: \"b\"");
        await story.GetAsync("Range: bytes=0-3");
        Assert.Equal("other", (await story.GetAsync()).Body);
        Assert.False(story.Requests[2].Has("Range"));
        Assert.Equal(3, story.Asked);
    });

    [Theory]
    [InlineData("Cache-Control: no-cache", Use.Validated)]
    [InlineData("Cache-Control: NO-CACHE", Use.Validated)]
    [InlineData("Cache-Control: max-age=0", Use.Validated)]
    [InlineData("Cache-Control: max-age=29", Use.Validated)]
    [InlineData("Cache-Control: max-age=31", Use.Hit)]
    [InlineData("Cache-Control: min-fresh=31", Use.Validated)]
    [InlineData("Cache-Control: min-fresh=29", Use.Hit)]
    [InlineData("Cache-Control: only-if-cached", Use.Hit)]
    [InlineData("Cache-Control: frobnicate, x=\"no-cache\"", Use.Hit)]
    [InlineData("Pragma: no-cache", Use.Validated)]
    [InlineData("Pragma: odd", Use.Hit)]
    [InlineData("Pragma: no-cache|Cache-Control: max-age=3600", Use.Hit)]
    [InlineData("Pragma: no-cache|Cache-Control: foo", Use.Hit)]
    public Task Wishes_OnAFreshResponse_AreHeeded(string request, Use expected) => ReuseAsync(expected, "Cache-Control: max-age=60|ETag: \"a\"", after: 30, second: request);

    [Theory]
    [InlineData("Cache-Control: max-age=60|ETag: \"a\"", "Cache-Control: max-stale", Use.Hit)]
    [InlineData("Cache-Control: max-age=60|ETag: \"a\"", "Cache-Control: max-stale=31", Use.Hit)]
    [InlineData("Cache-Control: max-age=60|ETag: \"a\"", "Cache-Control: max-stale=29", Use.Validated)]
    [InlineData("Cache-Control: max-age=60|ETag: \"a\"", "Cache-Control: max-stale=60, max-age=89", Use.Validated)]
    [InlineData("Cache-Control: max-age=60, must-revalidate|ETag: \"a\"", "Cache-Control: max-stale", Use.Validated)]
    [InlineData("Cache-Control: max-age=60, proxy-revalidate|ETag: \"a\"", "Cache-Control: max-stale", Use.Validated)]
    [InlineData("Cache-Control: s-maxage=60|ETag: \"a\"", "Cache-Control: max-stale", Use.Validated)]
    [InlineData("Cache-Control: max-age=60, no-cache|ETag: \"a\"", "Cache-Control: max-stale", Use.Validated)]
    public Task Wishes_OnAStaleResponse_AreHeededWhereTheOriginAllowsIt(string response, string request, Use expected) => ReuseAsync(expected, response, after: 90, second: request);

    [Theory]
    [InlineData("", 0)]
    [InlineData("Cache-Control: max-age=1|ETag: \"a\"", 5)]
    [InlineData("Cache-Control: no-cache|ETag: \"a\"", 1)]
    public Task OnlyIfCached_WithNothingUsable_Is504AndTheOriginIsNotAsked(string response, double after) => EachAsync(async story =>
    {
        if (response.Length > 0)
        {
            story.Ok("one", response);
            await story.GetAsync();
        }

        story.Pass(after);
        var asked = story.Asked;
        Assert.Equal(504, (await story.GetAsync("Cache-Control: only-if-cached")).Status);
        Assert.Equal(asked, story.Asked);
    });
}
