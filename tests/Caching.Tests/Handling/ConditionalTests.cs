using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>Clients' own conditions on fresh entries: requirement 10 (RFC 9111 §4.3.2, RFC 9110 §13).</summary>
public sealed class ConditionalTests
{
    private const string Modified = "Tue, 24 Nov 2026 11:00:00 GMT";

    [Theory]
    [InlineData("If-None-Match: \"a\"", 304)]
    [InlineData("If-None-Match: W/\"a\"", 304)]
    [InlineData("If-None-Match: \"x\",\"a\"", 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"x\"", 200)]
    [InlineData("If-Modified-Since: " + Modified, 304)]
    [InlineData("If-Modified-Since: Tuesday, 24-Nov-26 11:00:00 GMT", 304)]
    [InlineData("If-Modified-Since: Tue, 24 Nov 2026 10:00:00 GMT", 200)]
    public async Task Get_ConditionOnAFreshEntry_IsAnsweredWithoutTheOrigin(string condition, int status)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\"", $"Last-Modified: {Modified}"));
        await cache.GetAsync();
        var seen = await cache.GetAsync("/", condition);
        Assert.Equal((status, status == 304 ? "" : "1"), (seen.Status, seen.Body));
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Get_BothConditions_OnlyTheTagCounts()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\"", $"Last-Modified: {Modified}"));
        await cache.GetAsync();
        Assert.Equal(200, (await cache.GetAsync("/", "If-None-Match: \"x\"", $"If-Modified-Since: {Modified}")).Status);
    }

    [Fact]
    public async Task NotModified_HasTheFieldsThatAClientUpdatesBy()
    {
        await using var cache = new CacheUnderTest();
        string[] sent = ["ETag: \"a\"", "Cache-Control: max-age=60", "Expires: 0", "Vary: X", "Date: Tue, 24 Nov 2026 12:00:00 GMT", "Content-Location: /a"];
        cache.Answer(Ok("1", [.. sent, "Content-Type: text/x", "X-Other: 1"]));
        await cache.GetAsync();
        cache.Pass(7);
        var seen = await cache.GetAsync("/", "If-None-Match: \"a\"");
        Assert.Equal([.. sent.Append("Age: 7").Order(StringComparer.Ordinal)], seen.Lines.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("If-Match: \"a\"")]
    [InlineData("If-Unmodified-Since: " + Modified)]
    public async Task Get_ConditionsOfWriters_AreForTheOrigin(string condition)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\""), Status("412 Precondition Failed", ""));
        await cache.GetAsync();
        Assert.Equal(412, (await cache.GetAsync("/", condition)).Status);
    }

    [Fact]
    public async Task Head_FreshEntry_IsAnsweredFromIt()
    {
        // 2
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("12345", "Cache-Control: max-age=60"));
        await cache.GetAsync();
        var seen = await cache.SendAsync("HEAD", "/");
        Assert.Equal((200, "", "5"), (seen.Status, seen.Body, seen.Value("Content-Length")));
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Head_NothingStored_GoesAsHeadAndStoresNothing()
    {
        // 2
        await using var cache = new CacheUnderTest();
        cache.Answer("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\n", Ok("12345", "Cache-Control: max-age=60"));
        Assert.Equal(200, (await cache.SendAsync("HEAD", "/")).Status);
        Assert.Equal("12345", (await cache.GetAsync()).Body);
        Assert.StartsWith("HEAD", cache.Requests[0].StartLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_OfTheSameRepresentation_FreshensTheStaleEntry()
    {
        // 2: RFC 9111 §4.3.5
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("12345", "Cache-Control: max-age=60", "ETag: \"a\"", "X-A: old", "X-B: old"));
        await cache.GetAsync();
        cache.Pass(61);
        cache.Answer("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nETag: \"a\"\r\nX-A: new\r\nContent-Length: 5\r\n\r\n");
        var head = await cache.SendAsync("HEAD", "/");
        Assert.Equal(("new", "old"), (head.Value("X-A"), head.Value("X-B")));
        cache.Pass(50);
        var hit = await cache.GetAsync();
        Assert.Equal(("12345", "new", "old", 50), (hit.Body, hit.Value("X-A"), hit.Value("X-B"), hit.Age));
        Assert.Equal(2, cache.Requests.Length);
    }

    [Theory]
    [InlineData("ETag: \"b\"", "Content-Length: 5")]
    [InlineData("ETag: \"a\"", "Content-Length: 6")]
    public async Task Head_OfAnotherRepresentation_PutsTheEntryInDoubt(params string[] fields)
    {
        // 2: RFC 9111 §4.3.5
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("12345", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(61);
        cache.Answer($"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n{fields[0]}\r\n{fields[1]}\r\n\r\n", Ok("new", "Cache-Control: max-age=60"));
        Assert.Equal(fields[1], $"Content-Length: {(await cache.SendAsync("HEAD", "/")).Value("Content-Length")}");
        Assert.Equal("new", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Head_ThatBringsACookie_LeavesItOutOfTheStore()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("12345", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(61);
        cache.Answer("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nETag: \"a\"\r\nSet-Cookie: a=b\r\n\r\n", NotModified());
        Assert.True((await cache.SendAsync("HEAD", "/")).Has("Set-Cookie"));
        Assert.False((await cache.GetAsync()).Has("Set-Cookie"));
    }

    [Fact]
    public async Task Head_OtherStatus_ChangesNothing()
    {
        // 2
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("12345", "Cache-Control: max-age=60, stale-if-error=1000", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(61);
        cache.Answer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", NotModified());
        Assert.Equal(404, (await cache.SendAsync("HEAD", "/")).Status);
        Assert.Equal("12345", (await cache.GetAsync()).Body);
    }
}
