using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;
using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>What passes, what is stored and how it is replayed: requirements 1 to 8 (RFC 9111 §3, §4.2, §5; RFC 9110 §7.6).</summary>
public sealed class StoringTests
{
    [Fact]
    public async Task Miss_AnyResponse_ReachesTheClientAsItCame()
    {
        // 1: nothing is re-cased, re-parsed, merged or normalised
        await using var cache = new CacheUnderTest();
        cache.Answer(Status("299 Odd", "body", "Date: whenever", "Age: odd", "Vary: a,,b", "Cache-Control: max-age=60, Foo", "X-B: 2", "X-B: 1", "x-a: \u00fc", "Expires: 0", "Content-MD5: x"));
        var seen = await cache.GetAsync();
        Assert.Equal((299, "body"), (seen.Status, seen.Body));
        Assert.Equal(
            ["Date: whenever", "Age: odd", "Vary: a,,b", "Cache-Control: max-age=60, Foo", "X-B: 2", "X-B: 1", "x-a: \u00fc", "Expires: 0", "Content-MD5: x", "Content-Length: 4"],
            seen.Lines);
    }

    [Fact]
    public async Task Miss_FieldsOfTheConnection_AreNotPassedOn()
    {
        // 1: hop-by-hop fields and those that Connection names
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("a", "Cache-Control: max-age=60", "Connection: X-Hop", "X-Hop: 1", "Keep-Alive: x", "Proxy-Authenticate: x", "Upgrade: x", "X-Kept: 1"));
        foreach (var seen in new[] { await cache.GetAsync(), await cache.GetAsync() })
        {
            Assert.True(seen.Has("X-Kept"));
            Assert.DoesNotContain(seen.Lines, line => line.StartsWith("Connection", StringComparison.Ordinal) || line.StartsWith("X-Hop", StringComparison.Ordinal)
                || line.StartsWith("Keep-Alive", StringComparison.Ordinal) || line.StartsWith("Proxy-", StringComparison.Ordinal) || line.StartsWith("Upgrade", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Miss_AgeOfTheOrigin_GrowsOnlyByALongWait()
    {
        // 1
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("a", "Age: 30", "Cache-Control: max-age=60"));
        Assert.Equal(30, (await cache.GetAsync("/fast")).Age);
        cache.Answer((connection, _) =>
        {
            cache.Pass(2);
            return connection.SendAsync(Ok("a", "Age: 30", "Cache-Control: max-age=60"));
        });
        Assert.Equal(32, (await cache.GetAsync("/slow")).Age);
    }

    [Fact]
    public async Task Miss_NoDate_GetsTheTimeOfReceipt()
    {
        // 1
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("a", "Cache-Control: max-age=60"));
        Assert.Equal(DateAt(0), (await cache.GetAsync()).Value("Date"));
        cache.Pass(30);
        Assert.Equal(DateAt(0), (await cache.GetAsync()).Value("Date"));
    }

    [Fact]
    public async Task Miss_BodyInChunksWithTrailers_IsStoredWhole()
    {
        // 1
        await using var cache = new CacheUnderTest();
        cache.Answer("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n");
        var first = await cache.GetAsync();
        Assert.Equal(("abcde", "X-Sum: 1"), (first.Body, Assert.Single(first.Trailers)));
        var second = await cache.GetAsync();
        Assert.Equal(("abcde", "5"), (second.Body, second.Value("Content-Length")));
        Assert.False(second.Has("Transfer-Encoding"));
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Miss_BodyToTheEndOfTheConnection_IsStored()
    {
        // 1
        await using var cache = new CacheUnderTest();
        cache.Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\nto the end");
            await connection.FinishAsync();
        });
        Assert.Equal("to the end", (await cache.GetAsync()).Body);
        Assert.Equal("to the end", (await cache.GetAsync()).Body);
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Miss_BodyThatEndsEarly_IsNotStored()
    {
        // RFC 9111 §3.3: an incomplete response is not a complete one
        await using var cache = new CacheUnderTest();
        cache.Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nhalf");
            await connection.FinishAsync();
        });
        await Assert.ThrowsAnyAsync<IOException>(() => GetBodyAsync(cache));
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
        cache.Answer(Ok("whole", "Cache-Control: max-age=60"));
        Assert.Equal("whole", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Miss_InterimResponses_AreNeitherStoredNorMixedIn()
    {
        // 1: RFC 9110 §15.2
        await using var cache = new CacheUnderTest();
        cache.Answer("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Interim: 1\r\n\r\n" + Ok("a", "Cache-Control: max-age=60"));
        await cache.GetAsync();
        var hit = await cache.GetAsync();
        Assert.Equal(("a", false, false), (hit.Body, hit.Has("Link"), hit.Has("X-Interim")));
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Miss_ConditionsAndRangesOfTheClient_GoAsTheyAre()
    {
        // 1
        await using var cache = new CacheUnderTest();
        cache.Answer(NotModified("ETag: \"a\""), Status("206 Partial Content", "bc", "Content-Range: bytes 1-2/5"));
        Assert.Equal(304, (await cache.GetAsync("/", "If-None-Match: \"a\"")).Status);
        Assert.Equal(206, (await cache.GetAsync("/", "Range: bytes=1-2")).Status);
        Assert.Equal("\"a\"", cache.Requests[0].Value("If-None-Match"));
        Assert.Equal("bytes=1-2", cache.Requests[1].Value("Range"));
    }

    [Fact]
    public async Task Get_OtherQuery_IsAnotherEntry()
    {
        // 2
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60"), Ok("2", "Cache-Control: max-age=60"));
        Assert.Equal("1", (await cache.GetAsync("/?a")).Body);
        Assert.Equal("2", (await cache.GetAsync("/?b")).Body);
        Assert.Equal("1", (await cache.GetAsync("/?a")).Body);
        Assert.Equal("2", (await cache.GetAsync("/?b")).Body);
        Assert.Equal(2, cache.Requests.Length);
    }

    [Theory]
    [InlineData()]
    [InlineData("ETag: \"a\"")]
    [InlineData("Cache-Control: public")]
    public async Task Get_NoFreshnessAndNoLastModified_IsNeverReusedWithoutAsking(params string[] fields)
    {
        // 2: the most important rule
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", fields), Ok("2", fields));
        Assert.Equal("1", (await cache.GetAsync()).Body);
        Assert.Equal("2", (await cache.GetAsync()).Body);
    }

    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("PUT")]
    [InlineData("BREW")]
    public async Task Send_OtherMethod_IsNeverAnsweredFromTheStore(string method)
    {
        // 2
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("get", "Cache-Control: max-age=60"), Ok("1", "Cache-Control: max-age=60"), Ok("2", "Cache-Control: max-age=60"));
        await cache.GetAsync();
        Assert.Equal("1", (await cache.SendAsync(method, "/")).Body);
        Assert.Equal("2", (await cache.SendAsync(method, "/")).Body);
    }

    [Theory]
    [InlineData("/a")]
    [InlineData("absolute")]
    public async Task Post_ThatSaysItIsWhatAGetWouldGive_AnswersLaterGets(string location)
    {
        // 2: RFC 9110 §9.3.3
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("old", "Cache-Control: max-age=60"));
        await cache.GetAsync("/a");
        cache.Answer(Ok("posted", "Cache-Control: max-age=60", $"Content-Location: {(location == "absolute" ? cache.Uri + "a" : location)}"));
        Assert.Equal("posted", (await cache.SendAsync("POST", "/a")).Body);
        Assert.Equal("posted", (await cache.GetAsync("/a")).Body);
        Assert.Equal(2, cache.Requests.Length);
    }

    [Fact]
    public async Task Get_ConnectionResetAfterTheRequestCame_IsNotRepeated()
    {
        // 1: retries are somebody else's business
        await using var cache = new CacheUnderTest();
        cache.Answer((connection, _) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        });
        cache.Answer(Ok("again"));
        await Assert.ThrowsAsync<HttpRequestException>(() => cache.GetAsync());
        Assert.Single(cache.Requests);
    }

    [Theory]
    [InlineData("Cache-Control: max-age=60", 59, true)]
    [InlineData("Cache-Control: max-age=60", 60, false)]
    [InlineData("Cache-Control: max-age=1, s-maxage=60", 59, true)]
    [InlineData("Cache-Control: max-age=\"60\"", 59, true)]
    [InlineData("Cache-Control: max-age=-60", 0, false)]
    [InlineData("Cache-Control: x=\"max-age=60\"", 0, false)]
    [InlineData("Cache-Control: max-age=99999999999", 1_000_000_000, true)]
    [InlineData("Expires: Tue, 24 Nov 2026 12:01:00 GMT", 59, true)]
    [InlineData("Expires: Tuesday, 24-Nov-26 12:01:00 GMT", 59, true)]
    [InlineData("Expires: Tue, 24 Nov 2026 12:01:00 UTC", 0, false)]
    [InlineData("Expires: 0", 0, false)]
    [InlineData("Last-Modified: Tue, 24 Nov 2026 11:00:00 GMT", 359, true)] // 6: a tenth of an hour
    [InlineData("Last-Modified: Tue, 24 Nov 2026 11:00:00 GMT", 360, false)]
    public async Task Get_FreshFor_AsLongAsItsFieldsSay(string field, double seconds, bool isHit)
    {
        // 3, 4, 5, 6
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", field), Ok("2", field));
        await cache.GetAsync();
        cache.Pass(seconds);
        Assert.Equal(isHit ? "1" : "2", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Hit_Age_IsWhatWasReceivedAndTheTimeSince()
    {
        // 4: with Date and Expires unchanged
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Age: 10", $"Date: {DateAt(-12)}", "Cache-Control: max-age=60", "Expires: 0"));
        await cache.GetAsync();
        cache.Pass(5.9);
        var hit = await cache.GetAsync();
        Assert.Equal((17, DateAt(-12), "0"), (hit.Age, hit.Value("Date"), hit.Value("Expires")));
    }

    [Theory]
    [InlineData("Age: 60")]
    [InlineData("Date: Tue, 24 Nov 2026 11:59:00 GMT")]
    public async Task Get_OldOnArrival_IsNotReused(string field)
    {
        // 4
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", field, "Cache-Control: max-age=60"), Ok("2"));
        await cache.GetAsync();
        Assert.Equal("2", (await cache.GetAsync()).Body);
    }

    [Theory]
    [InlineData("404 Not Found")]
    [InlineData("500 Internal Server Error")]
    [InlineData("503 Service Unavailable")]
    [InlineData("302 Found")]
    [InlineData("599 Odd")]
    public async Task Get_AnyFinalStatusWithFreshness_IsReused(string status)
    {
        // 7
        await using var cache = new CacheUnderTest();
        cache.Answer(Status(status, "1", "Cache-Control: max-age=60"));
        await cache.GetAsync();
        var hit = await cache.GetAsync();
        Assert.Equal(("1", status[..3]), (hit.Body, $"{hit.Status}"));
    }

    [Theory]
    [InlineData("private, max-age=60")]
    [InlineData("no-store, max-age=60")]
    [InlineData("No-Store")]
    [InlineData("no-cache, max-age=60")]
    public async Task Get_WhatMustNotBeReused_IsNot(string cacheControl)
    {
        // 7
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", $"Cache-Control: {cacheControl}"), Ok("2"));
        await cache.GetAsync();
        Assert.Equal("2", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Get_NoStoreAnswerToAReload_LeavesTheOlderEntryUsable()
    {
        // 7
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60"), Ok("2", "Cache-Control: no-store"));
        await cache.GetAsync();
        Assert.Equal("2", (await cache.GetAsync("/", "Cache-Control: no-cache")).Body);
        Assert.Equal("1", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Get_NoCacheWithNames_IsReusedWithoutThese()
    {
        // 7
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60, no-cache=\"x-a, Set-Cookie\"", "X-A: 1", "Set-Cookie: a=b", "X-B: 1"));
        var miss = await cache.GetAsync();
        Assert.True(miss.Has("X-A") && miss.Has("Set-Cookie"));
        var hit = await cache.GetAsync();
        Assert.Equal((false, false, true), (hit.Has("X-A"), hit.Has("Set-Cookie"), hit.Has("X-B")));
        Assert.Single(cache.Requests);
    }

    [Theory]
    [InlineData("max-age=60", false)]
    [InlineData("max-age=60, public", true)]
    [InlineData("max-age=60, must-revalidate", true)]
    [InlineData("s-maxage=60", true)]
    public async Task Get_WithCredentials_NeedsLeaveToBeStored(string cacheControl, bool isShared)
    {
        // 7: RFC 9111 §3.5
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", $"Cache-Control: {cacheControl}"), Ok("2"));
        await cache.GetAsync("/", "Authorization: Basic x");
        Assert.Equal(isShared ? "1" : "2", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Get_WithCredentials_IsNotAnsweredByWhatDoesNotAllowIt()
    {
        // 7
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60"), Ok("2"));
        await cache.GetAsync();
        Assert.Equal("2", (await cache.GetAsync("/", "Authorization: Basic x")).Body);
    }

    [Theory]
    [InlineData(StoreSetCookie.WhenPublic, "max-age=60", false)]
    [InlineData(StoreSetCookie.WhenPublic, "public, max-age=60", true)]
    [InlineData(StoreSetCookie.Always, "max-age=60", true)]
    [InlineData(StoreSetCookie.Never, "public, max-age=60", false)]
    public async Task Get_SetCookie_GoesByTheSetting(StoreSetCookie setting, string cacheControl, bool isStored)
    {
        // 7
        await using var cache = new CacheUnderTest(o => o.StoreSetCookie = setting);
        cache.Answer(Ok("1", $"Cache-Control: {cacheControl}", "Set-Cookie: a=b", "Set-Cookie: c=d"), Ok("2"));
        await cache.GetAsync("/", "Cookie: x=y");
        var second = await cache.GetAsync("/", "Cookie: z=z");
        Assert.Equal(isStored ? "1" : "2", second.Body);
        if (isStored) Assert.Equal(["Set-Cookie: a=b", "Set-Cookie: c=d"], second.Lines.Where(line => line.StartsWith("Set-Cookie", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Get_RequestNoStore_IsNeitherStoredNorAnsweredFromTheStore()
    {
        // 7
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60"), Ok("2", "Cache-Control: max-age=60"), Ok("3", "Cache-Control: max-age=60"));
        Assert.Equal("1", (await cache.GetAsync("/", "Cache-Control: no-store")).Body);
        Assert.Equal("2", (await cache.GetAsync()).Body);
        Assert.Equal("3", (await cache.GetAsync("/", "Cache-Control: no-store")).Body);
        Assert.Equal("2", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Hit_EndToEndFields_AreReplayedByteForByte()
    {
        // 8
        string[] fields =
        [
            "Content-Encoding: x-odd", "Content-MD5: zz", "Content-Location: /b", "Content-Range: bytes 0-0/1", "Content-Security-Policy: default-src 'self'", "Clear-Site-Data: \"*\"",
            "X-Frame-Options: dEny", "ETag: bad tag", "Expires: whenever", "Cache-Control: max-age=60", "X-List: a,,b", "X-List:  c", "Set-Cookie2: x",
        ];
        await using var cache = new CacheUnderTest(o => o.StoreSetCookie = StoreSetCookie.Always);
        cache.Answer(Ok("1", fields));
        var miss = await cache.GetAsync();
        var hit = await cache.GetAsync();
        Assert.Equal(miss.Lines.Order(StringComparer.Ordinal), hit.Lines.Where(line => line != "Age: 0").Order(StringComparer.Ordinal));
        foreach (var field in fields) Assert.Contains(field.Replace(":  ", ": ", StringComparison.Ordinal), hit.Lines);
        Assert.Single(cache.Requests);
    }

    private static async Task<string> GetBodyAsync(CacheUnderTest cache)
    {
        using var response = await cache.StartAsync("GET", "/", []);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(body);
        return await reader.ReadToEndAsync();
    }
}
