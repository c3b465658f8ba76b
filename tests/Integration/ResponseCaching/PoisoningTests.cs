using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>
/// Published attacks on shared caches: one client must not be able to choose what another is served, nor to be served what is another's (J. Kettle, "Practical Web Cache Poisoning", 2018, and "Web Cache Entanglement", 2020;
/// H. V. Nguyen et al., "Your Cache Has Fallen", 2019; O. Gil, "Web Cache Deception", 2017; S. A. Mirheidari et al., "Cached and Confused", 2020).
/// </summary>
public sealed class PoisoningTests(CachedProxies proxies) : CacheTable(proxies)
{
    private const string Fresh = "Cache-Control: public, max-age=3600";

    [Theory]
    // The host, scheme, port and prefix that frameworks build links from.
    [InlineData("X-Forwarded-Scheme: http")]
    [InlineData("X-Forwarded-Port: 1234")]
    [InlineData("X-Forwarded-Ssl: on")]
    [InlineData("X-Forwarded-Server: evil.example")]
    [InlineData("X-Forwarded-Path: /evil")]
    [InlineData("X-Forwarded-Uri: /evil")]
    [InlineData("X-Forwarded-Protocol: https")]
    [InlineData("X-Forwarded: host=evil.example")]
    [InlineData("X-Host: evil.example")]
    [InlineData("X-HTTP-Host-Override: evil.example")]
    [InlineData("X-Original-Host: evil.example")]
    [InlineData("X-Script-Name: /evil")]
    [InlineData("X-Scheme: https")]
    [InlineData("X-Url-Scheme: https")]
    [InlineData("X-Real-Host: evil.example")]
    [InlineData("X-Backend-Host: evil.example")]
    [InlineData("Front-End-Https: on")]
    [InlineData("CloudFront-Forwarded-Proto: http")]
    [InlineData("Forwarded: host=evil.example")]
    [InlineData("Forwarded: for=1.2.3.4;proto=https")]
    // Another path than that of the target.
    [InlineData("X-Original-URL: /admin")]
    [InlineData("x-original-url: /admin")]
    [InlineData("X-Original-URI: /admin")]
    [InlineData("X-Original-Path: /admin")]
    [InlineData("X-Rewrite-URL: /admin")]
    [InlineData("X-Override-URL: /admin")]
    [InlineData("X-Request-URI: /admin")]
    [InlineData("X-HTTP-DestinationURL: http://evil.example/")]
    [InlineData("X-Proxy-URL: http://evil.example/")]
    [InlineData("X-Envoy-Original-Path: /admin")]
    [InlineData("X-Accel-Redirect: /admin")]
    [InlineData("Base-URL: http://evil.example/")]
    [InlineData("Request-URI: /admin")]
    // Another method.
    [InlineData("X-HTTP-Method-Override: POST")]
    [InlineData("X-HTTP-Method: DELETE")]
    [InlineData("X-Method-Override: PUT")]
    // What frameworks tell themselves from one stage to the next, and pick another answer by.
    [InlineData("X-Middleware-Prefetch: 1")]
    [InlineData("X-Middleware-Subrequest: middleware")]
    [InlineData("X-Middleware-Rewrite: /admin")]
    [InlineData("X-Invoke-Path: /evil")]
    [InlineData("X-Invoke-Status: 500")]
    [InlineData("X-Now-Route-Matches: 1")]
    [InlineData("X-Matched-Path: /evil")]
    [InlineData("X-Nextjs-Data: 1")]
    [InlineData("RSC: 1")]
    [InlineData("Next-Router-State-Tree: x")]
    [InlineData("X-React-Router-SPA-Mode: yes")]
    [InlineData("X-React-Router-Prerender-Data: x")]
    public Task UnkeyedFields_ThatChangeTheUri_GetAResponseOfTheirOwn(string field) => EachAsync(async story =>
    {
        story.Ok("evil", Fresh).Ok("good", Fresh);
        Assert.Equal("evil", (await story.GetAsync(field)).Body);
        Assert.Equal("good", (await story.GetAsync()).Body);
        // And the other way round: one who asks so is not answered by what others have been.
        Assert.Equal("evil", (await story.GetAsync(field)).Body);
        Assert.Equal("good", (await story.GetAsync()).Body);
        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task UnkeyedFields_ResponsesOfTheirOwn_AreForgottenWithTheOthers() => EachAsync(async story =>
    {
        story.Ok("one", Fresh).Ok("two", Fresh).Ok("done").Ok("three", Fresh).Ok("four", Fresh);
        await story.GetAsync();
        await story.GetAsync("X-Host: other.example");
        await story.SendAsync("DELETE");
        Assert.Equal(("three", "four"), ((await story.GetAsync()).Body, (await story.GetAsync("X-Host: other.example")).Body));
    });

    [Theory]
    // What the proxy says in the client's place does not reach the origin.
    [InlineData("X-Forwarded-Host: evil.example")]
    [InlineData("X-Forwarded-Proto: https")]
    [InlineData("X-Forwarded-Prefix: /evil")]
    public Task FieldsThatTheProxySets_ReachNeitherTheOriginNorOthers(string field) => EachAsync(async story =>
    {
        story.Ok("one", Fresh).Ok("two", Fresh);
        await story.GetAsync(field);
        Assert.DoesNotContain("evil", story.Requests[0].Head, StringComparison.Ordinal);
        Assert.DoesNotContain("https", story.Requests[0].Head, StringComparison.Ordinal);
        var plain = await story.GetAsync();
        Assert.True(plain.Body is "one" or "two");
    });

    [Fact]
    public async Task FieldsThatTheProxyIsToldToPassOn_GetAResponseOfTheirOwn()
    {
        await using var proxy = await CachedProxy.StartAsync(route: r => r.Transforms = [new Dictionary<string, string> { ["X-Forwarded"] = "Off" }]);
        foreach (var field in new[] { "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /evil" })
        {
            var story = proxy.Case().Ok("evil", Fresh).Ok("good", Fresh);
            Assert.Equal("evil", (await story.GetAsync(field)).Body);
            Assert.Contains(field, story.Requests[0].Fields);
            Assert.Equal("good", (await story.GetAsync()).Body);
            Assert.Equal("good", (await story.GetAsync("X-Forwarded-Host: shop.example|X-Forwarded-Proto: http")).Body);
        }
    }

    [Theory]
    // Of two hosts none is chosen.
    [InlineData("GET PATH HTTP/1.1\r\nHost: shop.example\r\nHost: evil.example\r\n\r\n", 400)]
    [InlineData("GET PATH HTTP/1.1\r\nHost: shop.example, evil.example\r\n\r\n", 400)]
    [InlineData("GET PATH HTTP/1.1\r\n Host: evil.example\r\nHost: shop.example\r\n\r\n", 400)]
    [InlineData("GET PATH HTTP/1.1\r\nHost : evil.example\r\nHost: shop.example\r\n\r\n", 400)]
    [InlineData("GET PATH HTTP/1.1\r\nHost: shop.example:evil\r\n\r\n", 400)]
    [InlineData("GET PATH HTTP/1.1\r\nHost: shop.example@evil.example\r\n\r\n", 400)]
    // Meta characters and splitting attempts are refused here and never reach an origin that would answer with an error to be stored (HMC).
    [InlineData("GET PATH HTTP/1.1\r\nHost: shop.example\r\nX-Odd: a\u0007b\r\n\r\n", 400)]
    [InlineData("GET PATH HTTP/1.1\r\nHost: shop.example\r\nX-Odd: a\nb\r\n\r\n", 400)]
    [InlineData("GET PATH HTTP/1.1\r\nHost: shop.example\r\nX-Odd: a\rb\r\n\r\n", 400)]
    [InlineData("GET PATH HTTP/1.1\r\nHost: shop.example\r\nX-Odd: a\0b\r\n\r\n", 400)]
    [InlineData("GET PATH HTTP/1.1\r\nHost: shop.example\r\nX\\Odd: a\r\n\r\n", 400)]
    [InlineData("GET PATH/%0d%0aSet-Cookie:x HTTP/1.1 x\r\nHost: shop.example\r\n\r\n", 400)]
    [InlineData("GET PATH/account%00.css HTTP/1.1\r\nHost: shop.example\r\n\r\n", 400)]
    // Dot segments behind an escape: two readings of one path.
    [InlineData("GET PATH/%2e%2e/admin HTTP/1.1\r\nHost: shop.example\r\n\r\n", 400)]
    [InlineData("GET PATH/.%2E/admin HTTP/1.1\r\nHost: shop.example\r\n\r\n", 400)]
    public Task AmbiguousRequests_AreRefusedAndLeaveNothing(string request, int status) => EachAsync(async story =>
    {
        using (var client = await story.Proxy.ConnectAsync())
        {
            await client.SendAsync(request.Replace("PATH", story.Path, StringComparison.Ordinal));
            Assert.Equal(status, (await client.ReadMessageAsync()).Status);
        }

        Assert.Equal(0, story.Asked);
        story.Ok("good", Fresh);
        Assert.Equal("good", (await story.GetAsync()).Body);
    });

    [Theory]
    // A header too large for the proxy ends there; one that passes it and that the origin refuses is between the two (HHO).
    [InlineData(40_000, 431, 0)]
    [InlineData(20_000, 400, 1)]
    public Task OversizedHeads_LeaveNoError(int size, int status, int asked) => EachAsync(async story =>
    {
        story.Status("400 Bad Request", "too large");
        Assert.Equal(status, (await story.GetAsync("X-Large: " + new string('a', size))).Status);
        Assert.Equal(asked, story.Asked);
        if (asked == 0) Assert.Equal(400, (await story.GetAsync()).Status);
        story.Ok("good", Fresh);
        Assert.Equal("good", (await story.GetAsync()).Body);
    });

    [Theory]
    // Errors that say nothing of their freshness are for those who provoked them (CPDoS); 404, 405, 410, 414 and 501 may be stored by the rules, but not reused without a date to guess from.
    [InlineData("400 Bad Request")]
    [InlineData("404 Not Found")]
    [InlineData("405 Method Not Allowed")]
    [InlineData("406 Not Acceptable")]
    [InlineData("408 Request Timeout")]
    [InlineData("410 Gone")]
    [InlineData("413 Content Too Large")]
    [InlineData("414 URI Too Long")]
    [InlineData("416 Range Not Satisfiable")]
    [InlineData("431 Request Header Fields Too Large")]
    [InlineData("500 Internal Server Error")]
    [InlineData("501 Not Implemented")]
    [InlineData("503 Service Unavailable")]
    public Task Errors_OfNoFreshness_AreServedToNobodyElse(string status) => ReuseAsync(Use.Fetched, "Date: {0}", after: 0, first: "X-Provoking: 1", status: status);

    [Theory]
    [InlineData("Cache-Control: max-age=60")]
    [InlineData("Cache-Control: public, max-age=60")]
    public Task RangeNotSatisfiable_WithFreshness_IsNotStored(string fields) => ReuseAsync(Use.Fetched, fields, first: "Range: bytes=99-", status: "416 Range Not Satisfiable");

    [Theory]
    // Deception: what looks like a file gets no treatment of its own, and what is private stays so, whatever its name.
    [InlineData("/account/x.css")]
    [InlineData("/account;x.css")]
    [InlineData("/account%2fx.css")]
    [InlineData("/account%3bx.css")]
    [InlineData("/account%0a.css")]
    [InlineData("/account%23.css")]
    [InlineData("/account%3f.css")]
    [InlineData("/account?x.css")]
    [InlineData("/static/..%2faccount")]
    [InlineData("/account/.css")]
    [InlineData("/robots.txt")]
    public Task Deception_NoNameMakesAPrivateResponsePublic(string below) => EachAsync(async story =>
    {
        story.Ok("secret", "Cache-Control: no-store").Ok("secret", "Cache-Control: private, max-age=60").Ok("secret").Ok("login");
        for (var i = 0; i < 3; i++) Assert.Equal("secret", (await story.GetAsync("Cookie: session=victim", below: below)).Body);
        Assert.Equal("login", (await story.GetAsync(below: below)).Body);
        Assert.Equal(4, story.Asked);
        // And what goes to the origin is what the client has said: there is no second reading.
        Assert.All(story.Requests, request => Assert.Equal($"GET {story.Path}{below} HTTP/1.1", request.StartLine));
    });

    [Theory]
    // Different readings of a path, or of a query, have entries of their own: whatever the origin makes of them, it makes for them alone.
    [InlineData("/a/../b", "/a/b")]
    [InlineData("/a%252f..%252fb", "/a%2f..%2fb")]
    [InlineData("/a%2fb", "/a/b")]
    [InlineData("/a%5cb", "/a/b")]
    [InlineData("/a\\b", "/a/b")]
    [InlineData("/a;jsessionid=1", "/a")]
    [InlineData("/a//", "/a/")]
    [InlineData("/a/%2f", "/a//")]
    [InlineData("/%61", "/a")]
    [InlineData("/a%20", "/a")]
    [InlineData("/a?utm_content=x", "/a")]
    [InlineData("/a?callback=good;callback=evil", "/a?callback=good")]
    [InlineData("/a?utm=x&callback=evil", "/a?callback=evil")]
    [InlineData("/a?callback=evil&callback=good", "/a?callback=good")]
    [InlineData("/a?call%62ack=evil", "/a?callback=evil")]
    [InlineData("/a??x", "/a?x")]
    [InlineData("/a?x#", "/a?x")]
    public Task Readings_OfOneTarget_AreKeptApart(string evil, string good) => EachAsync(async story =>
    {
        story.Ok("evil", Fresh);
        var first = await story.GetAsync(below: evil);
        // One that is refused leaves nothing either.
        if (first.Status == 400)
        {
            Assert.Equal(0, story.Asked);
            return;
        }

        Assert.Equal("evil", first.Body);
        story.Ok("good", Fresh);
        Assert.Equal("good", (await story.GetAsync(below: good)).Body);
    });

    [Fact]
    public Task DotSegments_ResolvedByTheServer_AreAskedForAndStoredResolved() => EachAsync(async story =>
    {
        story.Ok("admin", Fresh);
        Assert.Equal("admin", (await story.GetAsync(below: "/static/../admin")).Body);
        Assert.Equal($"GET {story.Path}/admin HTTP/1.1", story.Requests[0].StartLine);
        // The same URI, and the same response: nothing to be confused.
        Assert.Equal("admin", (await story.GetAsync(below: "/admin")).Body);
        Assert.Equal(1, story.Asked);
    });

    [Theory]
    [InlineData("http://evil.examplePATH", "shop.example", "evil.example")]
    [InlineData("http://shop.examplePATH", "evil.example", "shop.example")]
    [InlineData("http://SHOP.EXAMPLEPATH", "evil.example", "shop.example")]
    public Task AbsoluteForm_ItsHost_IsTheOneThatCounts(string target, string field, string host) => EachAsync(async story =>
    {
        story.Ok("first", Fresh).Ok("second", Fresh);
        using var client = await story.Proxy.ConnectAsync();
        await client.SendAsync($"GET {target.Replace("PATH", story.Path, StringComparison.Ordinal)} HTTP/1.1\r\nHost: {field}\r\n\r\n");
        Assert.Equal("first", (await client.ReadMessageAsync()).Body);
        await story.Proxy.StoredAsync();
        Assert.Equal(host, story.Requests[0].Value("X-Forwarded-Host"), ignoreCase: true);
        // Who asks for shop.example gets it only where it was shop.example that was asked.
        Assert.Equal(host == "shop.example" ? "first" : "second", (await story.GetAsync()).Body);
    });

    [Fact]
    public Task FatGet_TheBody_PoisonsNobody() => EachAsync(async story =>
    {
        story.Ok("evil", Fresh).Ok("good", Fresh);
        Assert.Equal("evil", (await story.SendAsync("GET", "Content-Type: application/x-www-form-urlencoded", body: "callback=evil")).Body);
        Assert.Equal("good", (await story.GetAsync()).Body);
        Assert.Equal("good", (await story.GetAsync()).Body);
    });

    [Fact]
    public Task ManyRanges_AreNotMultiplied() => EachAsync(async story =>
    {
        story.Ok("0123456789", Fresh);
        await story.GetAsync();
        var answer = await story.GetAsync("Range: bytes=" + string.Join(',', Enumerable.Range(0, 2000).Select(static i => $"{i % 10}-")));
        Assert.Equal((200, "0123456789"), (answer.Status, answer.Body));
        Assert.Equal(1, story.Asked);
    });

    [Theory]
    [InlineData("bytes=0-0")]
    [InlineData("bytes=0-")]
    public Task Range_OnAColdKey_GoesToTheOriginAsItIs(string range) => EachAsync(async story =>
    {
        story.Status("206 Partial Content", "0", "Content-Range: bytes 0-0/1000000000");
        Assert.Equal(206, (await story.GetAsync($"Range: {range}")).Status);
        Assert.Equal(range, story.Requests[0].Value("Range"));
    });

    [Fact]
    public Task HeadAndGet_AreNotConfused() => EachAsync(async story =>
    {
        story.Answer(story.Head("200 OK", Fresh) + "Content-Length: 4\r\n\r\n").Ok("body", Fresh);
        await story.SendAsync("HEAD");
        Assert.Equal("body", (await story.GetAsync()).Body);
        // A HEAD that is answered with an error puts nothing in the place of what GET has stored.
        story.Answer(story.Head("404 Not Found", Fresh) + "Content-Length: 0\r\n\r\n");
        Assert.Equal(404, (await story.SendAsync("HEAD", "Cache-Control: no-cache")).Status);
        Assert.Equal((200, "body"), (await story.GetAsync()) is var hit ? (hit.Status, hit.Body) : default);
    });

    [Theory]
    [InlineData("POST", "Location: http://evil.examplePATH/good")]
    [InlineData("POST", "Content-Location: http://evil.examplePATH/good")]
    [InlineData("POST", "Location: //evil.examplePATH/good")]
    public Task Answers_OfOneHost_ForgetNothingOfAnother(string method, string field) => EachAsync(async story =>
    {
        story.Ok("good", Fresh);
        using (var client = await story.Proxy.ConnectAsync())
        {
            await client.SendAsync($"GET {story.Path}/good HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            Assert.Equal("good", (await client.ReadMessageAsync()).Body);
        }

        await story.Proxy.StoredAsync();
        story.Ok("done", field.Replace("PATH", story.Path, StringComparison.Ordinal));
        await story.SendAsync(method, below: "/write", body: "x");
        using var again = await story.Proxy.ConnectAsync();
        await again.SendAsync($"GET {story.Path}/good HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        Assert.Equal("good", (await again.ReadMessageAsync()).Body);
        Assert.Equal(2, story.Asked);
    });

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nX-Odd: a\r\n b\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\nevil")]
    [InlineData("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nevil!")]
    [InlineData("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\nevilHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo")]
    public Task SplitAnswers_LeaveNoSecondOneBehind(string answer) => EachAsync(async story =>
    {
        story.Answer(answer).Ok("good", Fresh);
        var first = await story.GetAsync();
        Assert.True(first.Status is 200 or 502);
        Assert.Equal("good", (await story.GetAsync(below: "/other")).Body);
    });

    [Theory]
    // As far as a cache can know: the origin has to say by what it chose, and where it does the cache keeps to it.
    [InlineData("Vary: Origin|Access-Control-Allow-Origin: https://evil.example", "Origin: https://evil.example", "Origin: https://shop.example")]
    [InlineData("Vary: Accept-Encoding|Content-Encoding: gzip", "Accept-Encoding: gzip", "Accept-Encoding: identity")]
    [InlineData("Vary: Accept-Encoding|Content-Encoding: gzip", "Accept-Encoding: gzip", "")]
    [InlineData("Vary: User-Agent", "User-Agent: evil", "User-Agent: good")]
    [InlineData("Vary: Cookie", "Cookie: language=evil", "Cookie: language=good")]
    public Task Reflections_ThatTheOriginOwnsUpTo_AreForThoseWhoAskAlike(string response, string evil, string good) => ReuseAsync(Use.Fetched, $"{Fresh}|{response}", first: evil, second: good);
}
