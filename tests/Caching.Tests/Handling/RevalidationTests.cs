using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;
using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>Requirement 11 (RFC 9111 §4.3, §3.2).</summary>
public sealed class RevalidationTests
{
    [Fact]
    public async Task Get_StaleEntry_IsAskedForByItsValidatorsWithTheClientsOtherFields()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: W/\"a\"", "Last-Modified: Tuesday, 24-Nov-26 11:00:00 GMT", "Vary: X-Who"));
        await cache.GetAsync("/", "X-Who: me");
        cache.Pass(60);
        cache.Answer(NotModified());
        var seen = await cache.GetAsync("/", "X-Who: me", "X-Other: 1");
        Assert.Equal((200, "1", 0), (seen.Status, seen.Body, seen.Age));
        var request = cache.Requests[1];
        Assert.Equal(
            ("W/\"a\"", "Tuesday, 24-Nov-26 11:00:00 GMT", "me", "1"),
            (request.Value("If-None-Match"), request.Value("If-Modified-Since"), request.Value("X-Who"), request.Value("X-Other")));
    }

    [Fact]
    public async Task NotModified_Fields_ReplaceTheStoredOnesForGood()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("12345", "Cache-Control: max-age=60", "ETag: \"a\"", "X-A: old", "X-B: old", "Content-Odd: old", "Age: 5"));
        await cache.GetAsync();
        cache.Pass(60);
        cache.Answer(NotModified("Cache-Control: max-age=100", "ETag: \"a\"", "X-A: new", "Content-Odd: new", "Connection: X-Hop", "X-Hop: 1"));
        var validated = await cache.GetAsync();
        cache.Pass(99);
        var hit = await cache.GetAsync();
        foreach (var seen in new[] { validated, hit })
        {
            Assert.Equal(("12345", "5", "new", "old", "new", "max-age=100"), (seen.Body, seen.Value("Content-Length"), seen.Value("X-A"), seen.Value("X-B"), seen.Value("Content-Odd"), seen.Value("Cache-Control")));
            Assert.False(seen.Has("X-Hop"));
        }

        Assert.Equal((0, 99), (validated.Age, hit.Age));
        Assert.Equal(2, cache.Requests.Length);
    }

    [Theory]
    [InlineData("\"a\"", 304)]
    [InlineData("\"b\"", 200)]
    public async Task NotModified_ClientHasConditionsOfItsOwn_AreHeldAgainstTheMergedEntry(string tag, int status)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        cache.Answer(NotModified());
        Assert.Equal(status, (await cache.GetAsync("/", $"If-None-Match: {tag}")).Status);
        Assert.Equal("\"a\"", cache.Requests[1].Value("If-None-Match"));
    }

    [Theory]
    [InlineData("\"b\"", 304)]
    [InlineData("\"a\"", 200)]
    public async Task NewResponse_ClientHasConditionsOfItsOwn_AreHeldAgainstTheNewEntry(string tag, int status)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        cache.Answer(Ok("2", "Cache-Control: max-age=60", "ETag: \"b\""));
        Assert.Equal(status, (await cache.GetAsync("/", $"If-None-Match: {tag}")).Status);
        Assert.Equal("2", (await cache.GetAsync()).Body);
        Assert.Equal(2, cache.Requests.Length);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task NotModified_BringsVary_AnswersFromThenOnOnlyWhomItIsFor(string method)
    {
        // RFC 9111 §4.1: what the stored response says of its variance counts, and this is what it says now.
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("mine", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync("/", "X-Who: me");
        cache.Pass(60);
        cache.Answer(
            method == "GET" ? NotModified("Cache-Control: max-age=60", "ETag: \"a\"", "Vary: X-Who") : "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nETag: \"a\"\r\nVary: X-Who\r\nContent-Length: 4\r\n\r\n",
            Ok("yours", "Cache-Control: max-age=60", "ETag: \"b\"", "Vary: X-Who"));
        await cache.SendAsync(method, "/", "X-Who: me");
        Assert.Equal("yours", (await cache.GetAsync("/", "X-Who: you")).Body);
        Assert.Equal("mine", (await cache.GetAsync("/", "X-Who: me")).Body);
        Assert.Equal("yours", (await cache.GetAsync("/", "X-Who: you")).Body);
        Assert.Equal(3, cache.Requests.Length);
    }

    [Fact]
    public async Task NotModified_BringsTags_IsPurgedByThem()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\"", "Cache-Tag: old"));
        await cache.GetAsync();
        cache.Pass(60);
        cache.Answer(NotModified("Cache-Control: max-age=60", "Cache-Tag: new"), Ok("2", "Cache-Control: max-age=60"));
        await cache.GetAsync();
        await cache.Engine.Shared.Purger.PurgeAsync(CachePurge.ForTag("old"));
        Assert.Equal("1", (await cache.GetAsync()).Body);
        await cache.Engine.Shared.Purger.PurgeAsync(CachePurge.ForTag("new"));
        Assert.Equal("2", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task NotModified_OfAnotherTag_IsNotTakenForOurs()
    {
        // RFC 9111 §4.3.4
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        cache.Answer(NotModified("ETag: \"b\""), Ok("2", "ETag: \"b\"", "Cache-Control: max-age=60"));
        Assert.Equal("2", (await cache.GetAsync()).Body);
        Assert.False(cache.Requests[2].Has("If-None-Match"));
    }

    [Fact]
    public async Task NewResponse_ThatMayBeStored_ReplacesTheEntry()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        cache.Answer(Ok("2", "Cache-Control: max-age=60", "ETag: \"b\""));
        Assert.Equal("2", (await cache.GetAsync()).Body);
        Assert.Equal("2", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task NewResponse_ThatMayNotBeStored_IsPassedOn()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        cache.Answer(Status("403 Forbidden", "no", "Cache-Control: no-store"));
        Assert.Equal((403, "no"), await StatusAndBody(cache.GetAsync()));
    }

    [Fact]
    public async Task NoCache_IsValidatedOnEveryUse()
    {
        // 7
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: no-cache, max-age=60", "ETag: \"a\""), NotModified(), NotModified());
        for (var i = 0; i < 3; i++) Assert.Equal("1", (await cache.GetAsync()).Body);
        Assert.Equal(3, cache.Requests.Length);
    }

    [Fact]
    public async Task ETagAlone_IsKeptForValidation()
    {
        // 2
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "ETag: \"a\""), NotModified());
        await cache.GetAsync();
        Assert.Equal((200, "1"), await StatusAndBody(cache.GetAsync()));
    }

    [Fact]
    public async Task ServerError_OnValidation_DoesNotReplaceTheEntry()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        cache.Answer(Status("500 Internal Server Error", "oh", "Cache-Control: max-age=60"), NotModified());
        Assert.Equal((500, "oh"), await StatusAndBody(cache.GetAsync()));
        Assert.Equal((200, "1"), await StatusAndBody(cache.GetAsync()));
    }

    [Theory]
    [InlineData("Cache-Control: no-cache", 1)]
    [InlineData("Pragma: no-cache", 1)]
    [InlineData("Cache-Control: max-age=10", 11)]
    [InlineData("Cache-Control: min-fresh=55", 11)]
    public async Task RequestDirectives_ThatWantTheOriginAsked_AreHeard(string directive, double seconds)
    {
        // 15: RFC 9111 §5.2.1
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\""), NotModified());
        await cache.GetAsync();
        cache.Pass(seconds);
        Assert.Equal((200, "1"), await StatusAndBody(cache.GetAsync("/", directive)));
        Assert.Equal("\"a\"", cache.Requests[1].Value("If-None-Match"));
    }

    [Theory]
    [InlineData("Cache-Control: foo", 1)]
    [InlineData("Pragma: foo", 1)]
    [InlineData("Cache-Control: max-age=10", 9)]
    [InlineData("Cache-Control: max-stale", 1000)]
    [InlineData("Cache-Control: max-stale=10", 70)]
    public async Task RequestDirectives_ThatAreContentWithTheStore_AreAnsweredFromIt(string directive, double seconds)
    {
        // 15
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60"));
        await cache.GetAsync();
        cache.Pass(seconds);
        Assert.Equal("1", (await cache.GetAsync("/", directive)).Body);
    }

    [Fact]
    public async Task OnlyIfCached_NoUsableEntry_Is504()
    {
        // 15: RFC 9111 §5.2.1.7
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60"));
        Assert.Equal(504, (await cache.GetAsync("/", "Cache-Control: only-if-cached")).Status);
        await cache.GetAsync();
        Assert.Equal(200, (await cache.GetAsync("/", "Cache-Control: only-if-cached")).Status);
        cache.Pass(60);
        Assert.Equal(504, (await cache.GetAsync("/", "Cache-Control: only-if-cached")).Status);
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task RequestDirectives_Ignored_HaveNoEffect()
    {
        // 15
        await using var cache = new CacheUnderTest(o => o.IgnoreRequestDirectives = true);
        cache.Answer(Ok("1", "Cache-Control: max-age=60"));
        foreach (var directive in new[] { "no-store", "no-cache", "max-age=0", "only-if-cached" }) Assert.Equal("1", (await cache.GetAsync("/", $"Cache-Control: {directive}")).Body);
        Assert.Single(cache.Requests);
    }

    [Theory]
    [InlineData("max-age=60", "no-store", true)]
    [InlineData("max-age=0", "max-age=60", false)]
    [InlineData("no-store", "max-age=60", false)]
    [InlineData("private", "max-age=60", false)]
    [InlineData("no-cache", "max-age=60", false)]
    [InlineData("max-age=\"0\"", "max-age=60", true)]
    [InlineData("Max-Age=0", "max-age=60", true)]
    [InlineData("max-age=99999999999, x", "", true)]
    public async Task CdnCacheControl_InOrder_AloneDecides(string targeted, string cacheControl, bool isReused)
    {
        // 16: RFC 9213
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", $"CDN-Cache-Control: {targeted}", $"Cache-Control: {cacheControl}", $"Expires: {DateAt(1000)}"), Ok("2"));
        var miss = await cache.GetAsync();
        Assert.Equal(targeted, miss.Value("CDN-Cache-Control"));
        cache.Pass(1);
        var second = await cache.GetAsync();
        Assert.Equal(isReused ? "1" : "2", second.Body);
        if (isReused) Assert.Equal((1, cacheControl, DateAt(1000)), (second.Age, second.Value("Cache-Control"), second.Value("Expires")));
    }

    private static async Task<(int Status, string Body)> StatusAndBody(Task<Seen> response)
    {
        var seen = await response;
        return (seen.Status, seen.Body);
    }
}
