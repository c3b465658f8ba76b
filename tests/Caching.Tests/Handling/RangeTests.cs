using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>Requirement 13 (RFC 9110 §14, RFC 9111 §3.3, §3.4).</summary>
public sealed class RangeTests
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    [Theory]
    [InlineData("bytes=0-4", 206, "abcde", "bytes 0-4/26")]
    [InlineData("bytes=20-", 206, "uvwxyz", "bytes 20-25/26")]
    [InlineData("bytes=-3", 206, "xyz", "bytes 23-25/26")]
    [InlineData("bytes=0-1,3-4", 200, Letters, null)]
    [InlineData("bytes=26-", 416, "", "bytes */26")]
    public async Task Get_RangeOfAFreshEntry_IsAnsweredFromIt(string range, int status, string body, string? contentRange)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok(Letters, "Cache-Control: max-age=60", "ETag: \"a\"", "X-A: 1"));
        await cache.GetAsync();
        var seen = await cache.GetAsync("/", $"Range: {range}");
        Assert.Equal((status, body, contentRange), (seen.Status, seen.Body, seen.Value("Content-Range")));
        if (status != 416) Assert.Equal((body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), "1", 0), (seen.Value("Content-Length"), seen.Value("X-A"), seen.Age));
        Assert.Single(cache.Requests);
    }

    [Theory]
    [InlineData("\"a\"", 206)]
    [InlineData("\"b\"", 200)]
    [InlineData("W/\"a\"", 200)]
    public async Task Get_IfRange_NeedsTheStrongComparison(string condition, int status)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok(Letters, "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        Assert.Equal(status, (await cache.GetAsync("/", "Range: bytes=0-4", $"If-Range: {condition}")).Status);
    }

    [Theory]
    [InlineData("bytes=5-9", "fghij", "bytes 5-9/26")]
    [InlineData("bytes=6-7", "gh", "bytes 6-7/26")]
    public async Task Get_RangeInsideAStoredPart_IsAnsweredFromIt(string range, string body, string contentRange)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Status("206 Partial Content", "fghij", "Cache-Control: max-age=60", "Content-Range: bytes 5-9/26", "ETag: \"a\""));
        await cache.GetAsync("/", "Range: bytes=5-9");
        var seen = await cache.GetAsync("/", $"Range: {range}");
        Assert.Equal((206, body, contentRange), (seen.Status, seen.Body, seen.Value("Content-Range")));
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Get_RangeBeyondAStoredPart_GoesToTheOriginAsItIs()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(
            Status("206 Partial Content", "fghij", "Cache-Control: max-age=60", "Content-Range: bytes 5-9/26", "ETag: \"a\""),
            Status("206 Partial Content", "j", "Content-Range: bytes 9-9/26"));
        await cache.GetAsync("/", "Range: bytes=5-9");
        Assert.Equal("j", (await cache.GetAsync("/", "Range: bytes=9-10")).Body);
        Assert.Equal("bytes=9-10", cache.Requests[1].Value("Range"));
    }

    [Fact]
    public async Task Get_OnlyTheBeginningStored_AsksForTheRestAndCombines()
    {
        await using var cache = new CacheUnderTest();
        await StoreBeginningAsync(cache);
        cache.Answer(Status("206 Partial Content", Letters[5..], "Cache-Control: max-age=100", "Content-Range: bytes 5-25/26", "ETag: \"a\"", "X-A: new"));
        var whole = await cache.GetAsync();
        var hit = await cache.GetAsync();
        foreach (var seen in new[] { whole, hit })
            Assert.Equal((200, Letters, "26", null, "new"), (seen.Status, seen.Body, seen.Value("Content-Length"), seen.Value("Content-Range"), seen.Value("X-A")));
        Assert.Equal(("bytes=5-", "\"a\""), (cache.Requests[1].Value("Range"), cache.Requests[1].Value("If-Range")));
        Assert.Equal(2, cache.Requests.Length);
    }

    [Theory]
    [InlineData("\"a\"", 304)]
    [InlineData("\"b\"", 200)]
    public async Task Get_OnlyTheBeginningStored_ConditionsOfTheClientAreHeldAgainstTheWhole(string tag, int status)
    {
        await using var cache = new CacheUnderTest();
        await StoreBeginningAsync(cache);
        cache.Answer(Status("206 Partial Content", "fghijklmnopqrstuvwxyz", "Content-Range: bytes 5-25/26", "ETag: \"a\"", "Cache-Control: max-age=60"));
        Assert.Equal(status, (await cache.GetAsync("/", $"If-None-Match: {tag}")).Status);
        Assert.False(cache.Requests[1].Has("If-None-Match"));
        await UntilAsync(() => ((MemoryResponseCache)cache.Store).FindNow(new CacheKey(cache.Uri.ToString())).Any(static r => r.Length == 26));
        Assert.Equal(Letters, (await cache.GetAsync()).Body);
        Assert.Equal(2, cache.Requests.Length);
    }

    [Fact]
    public async Task Get_RestWithAnotherVary_AnswersFromThenOnOnlyWhomItIsFor()
    {
        await using var cache = new CacheUnderTest();
        await StoreBeginningAsync(cache);
        cache.Pass(1);
        cache.Answer(
            Status("206 Partial Content", "fghijklmnopqrstuvwxyz", "Content-Range: bytes 5-25/26", "ETag: \"a\"", "Cache-Control: max-age=60", "Vary: X-Who"),
            Ok("yours", "Cache-Control: max-age=60", "Vary: X-Who"));
        Assert.Equal(Letters, (await cache.GetAsync("/", "X-Who: me")).Body);
        Assert.Equal("yours", (await cache.GetAsync("/", "X-Who: you")).Body);
        Assert.Equal(Letters, (await cache.GetAsync("/", "X-Who: me")).Body);
        Assert.Equal(3, cache.Requests.Length);
    }

    [Fact]
    public async Task Get_OnlyTheBeginningStored_ANewWholeReplacesIt()
    {
        await using var cache = new CacheUnderTest();
        await StoreBeginningAsync(cache);
        cache.Answer(Ok("new", "Cache-Control: max-age=60", "ETag: \"b\""));
        Assert.Equal("new", (await cache.GetAsync()).Body);
        Assert.Equal("new", (await cache.GetAsync()).Body);
        Assert.Equal(2, cache.Requests.Length);
    }

    [Theory]
    [InlineData("bytes 5-25/26", "\"b\"")]
    [InlineData("bytes 6-25/26", "\"a\"")]
    public async Task Get_OnlyTheBeginningStored_WhatDoesNotFitIsFetchedWhole(string contentRange, string tag)
    {
        await using var cache = new CacheUnderTest();
        await StoreBeginningAsync(cache);
        cache.Answer(Status("206 Partial Content", "rest", $"Content-Range: {contentRange}", $"ETag: {tag}"), Ok("whole", "Cache-Control: max-age=60"));
        Assert.Equal((200, "whole"), await StatusAndBody(cache.GetAsync()));
        Assert.False(cache.Requests[2].Has("Range"));
    }

    [Fact]
    public async Task Get_OnlyTheBeginningStored_ARestForOneClientIsNotMixedIn()
    {
        await using var cache = new CacheUnderTest();
        await StoreBeginningAsync(cache);
        cache.Answer(
            Status("206 Partial Content", Letters[5..], "Cache-Control: max-age=60", "Content-Range: bytes 5-25/26", "ETag: \"a\"", "Set-Cookie: a=b"), Ok("whole", "Cache-Control: max-age=60"));
        var whole = await cache.GetAsync();
        Assert.Equal(("whole", false), (whole.Body, whole.Has("Set-Cookie")));
    }

    [Fact]
    public async Task Get_PartOfWhatIsStoredWhole_DoesNotTakeItsPlace()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok(Letters, "Cache-Control: max-age=60", "ETag: \"a\""), Status("206 Partial Content", "ab", "Cache-Control: max-age=60", "Content-Range: bytes 0-1/26", "ETag: \"a\""));
        await cache.GetAsync();
        Assert.Equal("ab", (await cache.GetAsync("/", "Range: bytes=0-1", "Cache-Control: no-cache")).Body);
        Assert.Equal(Letters, (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Get_OnlyTheBeginningStoredWithoutAStrongTag_IsFetchedWhole()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Status("206 Partial Content", "abcde", "Cache-Control: max-age=60", "Content-Range: bytes 0-4/26"), Ok(Letters, "Cache-Control: max-age=60"));
        await cache.GetAsync("/", "Range: bytes=0-4");
        Assert.Equal(Letters, (await cache.GetAsync()).Body);
        Assert.False(cache.Requests[1].Has("Range"));
    }

    [Fact]
    public async Task Get_PartWithFewerBytesThanAnnounced_CountsFromItsFirst()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Status("206 Partial Content", "vwx", "Cache-Control: max-age=60", "Content-Range: bytes 21-25/26"));
        await cache.GetAsync("/", "Range: bytes=-5");
        Assert.Equal("wx", (await cache.GetAsync("/", "Range: bytes=-2")).Body);
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Get_RangeOfAStaleEntry_IsAnsweredFromItOnceTheOriginAgrees()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok(Letters, "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        cache.Answer(NotModified());
        var seen = await cache.GetAsync("/", "Range: bytes=1-2");
        Assert.Equal((206, "bc"), (seen.Status, seen.Body));
    }

    [Fact]
    public async Task Get_RangeThatDoesNotExist_SaysNothingToThoseWhoAskForTheWhole()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Status("416 Range Not Satisfiable", "", "Cache-Control: max-age=60", "Content-Range: bytes */26"), Ok(Letters));
        Assert.Equal(416, (await cache.GetAsync("/", "Range: bytes=100-")).Status);
        Assert.Equal(Letters, (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Get_PartOfUnknownFreshness_IsNotStored()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Status("206 Partial Content", "ab", "Content-Range: bytes 0-1/26", "ETag: \"a\""), Ok(Letters));
        await cache.GetAsync("/", "Range: bytes=0-1");
        Assert.Equal(Letters, (await cache.GetAsync()).Body);
        Assert.False(cache.Requests[1].Has("Range"));
    }

    private static async Task StoreBeginningAsync(CacheUnderTest cache)
    {
        cache.Answer(Status("206 Partial Content", "abcde", "Cache-Control: max-age=60", "Content-Range: bytes 0-4/26", "ETag: \"a\"", "X-A: old"));
        await cache.GetAsync("/", "Range: bytes=0-4");
    }

    private static async Task<(int Status, string Body)> StatusAndBody(Task<Seen> response)
    {
        var seen = await response;
        return (seen.Status, seen.Body);
    }
}
