namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>What is stored and for whom, through the proxy (RFC 9111 §3, §3.5, §5.2.2, §7.3).</summary>
public sealed class StoringTests(CachedProxies proxies) : CacheTable(proxies)
{
    [Theory]
    [InlineData("200 OK")]
    [InlineData("201 Created")]
    [InlineData("202 Accepted")]
    [InlineData("203 Non-Authoritative Information")]
    [InlineData("204 No Content")]
    [InlineData("299 Odd")]
    [InlineData("300 Multiple Choices")]
    [InlineData("301 Moved Permanently")]
    [InlineData("302 Found")]
    [InlineData("303 See Other")]
    [InlineData("307 Temporary Redirect")]
    [InlineData("308 Permanent Redirect")]
    [InlineData("399 Odd")]
    [InlineData("400 Bad Request")]
    [InlineData("403 Forbidden")]
    [InlineData("404 Not Found")]
    [InlineData("410 Gone")]
    [InlineData("499 Odd")]
    [InlineData("500 Internal Server Error")]
    [InlineData("502 Bad Gateway")]
    [InlineData("503 Service Unavailable")]
    [InlineData("504 Gateway Timeout")]
    [InlineData("599 Odd")]
    public Task AnyStatus_WithExplicitFreshness_IsReused(string status) => ReuseAsync(Use.Hit, "Cache-Control: max-age=60", status: status);

    [Theory]
    [InlineData("Cache-Control: no-store", Use.Fetched)]
    [InlineData("Cache-Control: No-StOrE", Use.Fetched)]
    [InlineData("Cache-Control: no-store, max-age=60", Use.Fetched)]
    [InlineData("Cache-Control: max-age=60|Cache-Control: no-store|ETag: \"a\"", Use.Fetched)]
    [InlineData("Cache-Control: no-store|Expires: {3600}", Use.Fetched)]
    [InlineData("Cache-Control: private", Use.Fetched)]
    [InlineData("Cache-Control: PRIVATE, max-age=60", Use.Fetched)]
    [InlineData("Cache-Control: private, max-age=60|ETag: \"a\"", Use.Fetched)]
    [InlineData("Cache-Control: private|Expires: {3600}", Use.Fetched)]
    // Stored, and validated on every use.
    [InlineData("Cache-Control: no-cache|ETag: \"a\"", Use.Validated)]
    [InlineData("Cache-Control: No-Cache|ETag: \"a\"", Use.Validated)]
    [InlineData("Cache-Control: no-cache, max-age=60|ETag: \"a\"", Use.Validated)]
    [InlineData("Cache-Control: max-age=60, no-cache|Last-Modified: {-60}", Use.Validated)]
    [InlineData("Cache-Control: no-cache|Expires: {3600}|ETag: \"a\"", Use.Validated)]
    [InlineData("Cache-Control: no-cache, max-age=60", Use.Fetched)]
    // must-understand takes the place of no-store, for statuses that are understood.
    [InlineData("Cache-Control: must-understand, no-store, max-age=60", Use.Hit)]
    [InlineData("Cache-Control: no-store, must-understand, max-age=60", Use.Hit)]
    [InlineData("Cache-Control: must-revalidate, max-age=60", Use.Hit)]
    [InlineData("Cache-Control: proxy-revalidate, max-age=60", Use.Hit)]
    // Pragma means nothing in a response.
    [InlineData("Pragma: no-cache|Cache-Control: max-age=60", Use.Hit)]
    [InlineData("Pragma: no-store|Cache-Control: max-age=60", Use.Hit)]
    // Cookies: with an explicit word only (StoreSetCookie is WhenPublic).
    [InlineData("Set-Cookie: a=1|Cache-Control: max-age=60", Use.Fetched)]
    [InlineData("Set-Cookie: a=1|Expires: {60}", Use.Fetched)]
    [InlineData("Set-Cookie2: a=1|Cache-Control: max-age=60", Use.Fetched)]
    [InlineData("Set-Cookie: a=1|Cache-Control: public, max-age=60", Use.Hit)]
    [InlineData("Set-Cookie: a=1|Cache-Control: s-maxage=60", Use.Hit)]
    public Task Directives_OfTheResponse_Decide(string fields, Use expected) => ReuseAsync(expected, fields);

    [Theory]
    [InlineData("299 Odd")]
    [InlineData("599 Odd")]
    public Task MustUnderstand_UnknownStatus_IsNotStored(string status) => ReuseAsync(Use.Fetched, "Cache-Control: must-understand, max-age=60", status: status);

    [Theory]
    [InlineData("must-revalidate")]
    [InlineData("proxy-revalidate")]
    public Task Revalidate_OnceStale_IsValidated(string directive) => ReuseAsync(Use.Validated, $"Cache-Control: max-age=1, {directive}|ETag: \"a\"", after: 2, second: "Cache-Control: max-stale=3600");

    [Theory]
    // Credentials: only with public, must-revalidate or s-maxage.
    [InlineData("Cache-Control: max-age=60", "Authorization: a", "Authorization: a", Use.Fetched)]
    [InlineData("Cache-Control: max-age=60", "Authorization: a", "", Use.Fetched)]
    [InlineData("Cache-Control: max-age=60", "", "Authorization: a", Use.Fetched)]
    [InlineData("Expires: {60}", "Authorization: a", "", Use.Fetched)]
    [InlineData("Cache-Control: max-age=60, public", "Authorization: a", "Authorization: b", Use.Hit)]
    [InlineData("Cache-Control: max-age=60, public", "Authorization: a", "", Use.Hit)]
    [InlineData("Cache-Control: max-age=60, public", "", "Authorization: a", Use.Hit)]
    [InlineData("Cache-Control: max-age=60, must-revalidate", "Authorization: a", "", Use.Hit)]
    [InlineData("Cache-Control: s-maxage=60", "Authorization: a", "", Use.Hit)]
    [InlineData("CDN-Cache-Control: max-age=60|Cache-Control: public", "Authorization: a", "", Use.Fetched)]
    [InlineData("CDN-Cache-Control: max-age=60, public", "Authorization: a", "", Use.Hit)]
    // A cookie of a client is no credential in this sense.
    [InlineData("Cache-Control: max-age=60", "Cookie: a=1", "Cookie: a=2", Use.Hit)]
    [InlineData("Cache-Control: max-age=60", "Cookie: a=1", "", Use.Hit)]
    // no-store of a client.
    [InlineData("Cache-Control: max-age=60", "Cache-Control: no-store", "", Use.Fetched)]
    [InlineData("Cache-Control: max-age=60", "", "Cache-Control: no-store", Use.Fetched)]
    public Task Requests_WithCredentialsAndWishes_ShareOnlyWhatMayBeShared(string response, string first, string second, Use expected) => ReuseAsync(expected, response, first: first, second: second);

    [Theory]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Cache-Control: private, max-age=60")]
    public Task NotStored_WhileAnotherIsFresh_LeavesThatOneUsable(string fields) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60").Ok("two", fields);
        Assert.Equal("one", (await story.GetAsync()).Body);
        Assert.Equal("two", (await story.GetAsync("Cache-Control: no-cache")).Body);
        Assert.Equal("one", (await story.GetAsync()).Body);
        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task NoCacheWithNames_IsReusedWithoutTheseFields() => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60, no-cache=\"X-Gone, Set-Cookie\"|X-Gone: 1|Set-Cookie: a=1|X-Kept: 1");
        var miss = await story.GetAsync();
        Assert.Equal(("1", "a=1", "1"), (miss.Value("X-Gone"), miss.Value("Set-Cookie"), miss.Value("X-Kept")));
        var hit = await story.GetAsync();
        Assert.Equal((false, false, "1"), (hit.Has("X-Gone"), hit.Has("Set-Cookie"), hit.Value("X-Kept")));
        Assert.Equal(1, story.Asked);
    });

    [Fact]
    public Task AllFields_AreReplayedByteForByte() => EachAsync(async story =>
    {
        const string fields = "Content-Encoding: x-odd|Content-MD5: Zm9v|Content-Location: /elsewhere|Content-Range: bytes 0-1/9|Content-Security-Policy: default-src 'none'|Clear-Site-Data: \"cache\""
            + "|X-Frame-Options: dEnY|Set-Cookie: a=1; Path=/|Set-Cookie: b=2|Set-Cookie2: c=3|Expires: {3600}|ETag: W/\"x y\"|x-Latin: \u00e4\u00f6|X-Twice: 2|X-Twice: 1|Warning: 199 - \"odd\"|Server: o|Via: 1.1 x"
            + "|Cache-Control: public, max-age=60|Date: {0}|Content-Type: TEXT/html ;charset=x|Link: </a>; rel=preload|Transfer-Odd: a|Cache-Status: inner; hit";
        story.Ok("one", fields);
        var first = await story.GetAsync();
        var hit = await story.GetAsync();
        var sent = story.Head("200 OK", fields).Split("\r\n")[1..^1];
        // Lines of one name stay in their order; of names as such the server may have an order of its own.
        foreach (var answer in new[] { first, hit })
            Assert.Equal(sent.Append("Content-Length: 3").OrderBy(Name, StringComparer.OrdinalIgnoreCase), answer.Fields.Where(f => !f.StartsWith("Age:", StringComparison.Ordinal)).OrderBy(Name, StringComparer.OrdinalIgnoreCase));
        Assert.Equal(1, story.Asked);

        static string Name(string line) => line[..line.IndexOf(':', StringComparison.Ordinal)];
    });

    [Fact]
    public Task FieldsOfTheConnection_AreNeitherPassedOnNorStored() => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60|Connection: X-Hop, keep-alive|X-Hop: 1|Keep-Alive: timeout=5|Proxy-Authenticate: Basic|Proxy-Authentication-Info: x|Proxy-Connection: x|TE: x|Upgrade: h2c|X-Kept: 1");
        foreach (var answer in new[] { await story.GetAsync(), await story.GetAsync() })
        {
            Assert.Equal("1", answer.Value("X-Kept"));
            Assert.All(["Connection", "X-Hop", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "TE", "Upgrade", "Transfer-Encoding"], name => Assert.Empty(answer.Values(name)));
        }

        Assert.False((await story.GetAsync()).Has("Proxy-Authentication-Info"));
        Assert.Equal(1, story.Asked);
    });
}
