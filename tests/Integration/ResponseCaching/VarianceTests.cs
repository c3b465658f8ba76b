namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>Keys and variants, through the proxy (RFC 9111 §2, §4.1).</summary>
public sealed class VarianceTests(CachedProxies proxies) : CacheTable(proxies)
{
    [Theory]
    [InlineData("Vary: Foo", "Foo: 1", "Foo: 1", Use.Hit)]
    [InlineData("Vary: Foo", "Foo: 1", "Foo: 2", Use.Fetched)]
    [InlineData("Vary: Foo", "Foo: 1", "", Use.Fetched)]
    [InlineData("Vary: Foo", "", "Foo: 1", Use.Fetched)]
    [InlineData("Vary: Foo", "", "", Use.Hit)]
    [InlineData("Vary: Foo", "Foo: 1|Other: 1", "Foo: 1|Other: 2", Use.Hit)]
    [InlineData("Vary: foo", "FOO: 1", "Foo: 1", Use.Hit)]
    [InlineData("Vary: Foo, Bar", "Foo: 1|Bar: a", "Bar: a|Foo: 1", Use.Hit)]
    [InlineData("Vary: Foo, Bar", "Foo: 1|Bar: a", "Foo: 1|Bar: b", Use.Fetched)]
    [InlineData("Vary: Foo, Bar", "Foo: 1|Bar: a", "Foo: 1", Use.Fetched)]
    [InlineData("Vary: Foo, Bar, Baz", "Foo: 1", "Foo: 1", Use.Hit)]
    [InlineData("Vary: Foo|Vary: Bar", "Foo: 1|Bar: a", "Foo: 1|Bar: b", Use.Fetched)]
    [InlineData("Vary: Foo, ,, Bar,", "Foo: 1|Bar: a", "Foo: 1|Bar: a", Use.Hit)]
    [InlineData("X-No: 1", "Foo: 1", "Foo: 2", Use.Hit)]
    // Never.
    [InlineData("Vary: *", "", "", Use.Fetched)]
    [InlineData("Vary: *, Foo", "Foo: 1", "Foo: 1", Use.Fetched)]
    [InlineData("Vary: Foo, *", "Foo: 1", "Foo: 1", Use.Fetched)]
    [InlineData("Vary: *, *", "", "", Use.Fetched)]
    [InlineData("Vary: , *", "", "", Use.Fetched)]
    [InlineData("Vary: Foo|Vary: *", "Foo: 1", "Foo: 1", Use.Fetched)]
    // Joined, and without the blanks around elements.
    [InlineData("Vary: Foo", "Foo: 1|Foo: 2", "Foo: 1, 2", Use.Hit)]
    [InlineData("Vary: Foo", "Foo: 1,2", "Foo: 1,   2", Use.Hit)]
    [InlineData("Vary: Foo", "Foo: 1, 2", "Foo: 2, 1", Use.Fetched)]
    [InlineData("Vary: Foo", "Foo: a", "Foo: A", Use.Fetched)]
    // Languages.
    [InlineData("Vary: Accept-Language", "Accept-Language: en, de", "Accept-Language: EN, DE", Use.Hit)]
    [InlineData("Vary: Accept-Language", "Accept-Language: en, de", "Accept-Language: de, en", Use.Hit)]
    [InlineData("Vary: Accept-Language", "Accept-Language: en, de;q=0.5", "Accept-Language: de;q=0.5, en", Use.Hit)]
    [InlineData("Vary: Accept-Language", "Accept-Language: en, de;q=0.5", "Accept-Language: de, en;q=0.5", Use.Fetched)]
    [InlineData("Vary: Accept-Language|Content-Language: de", "Accept-Language: de, en", "Accept-Language: de, fr;q=0.1", Use.Hit)]
    [InlineData("Vary: Accept-Language|Content-Language: de", "Accept-Language: de, en", "Accept-Language: fr, de;q=0.1", Use.Fetched)]
    // What the proxy itself says to the origin can be varied by too.
    [InlineData("Vary: Host", "", "", Use.Hit)]
    public Task Vary_EveryNamedField_HasToMatch(string response, string first, string second, Use expected) =>
        ReuseAsync(expected, "Cache-Control: max-age=60|" + response, first: first, second: second);

    [Fact]
    public Task Variants_StandSideBySide() => EachAsync(async story =>
    {
        const string fields = "Cache-Control: max-age=60|Vary: Foo";
        for (var i = 0; i < 5; i++)
        {
            story.Ok($"v{i}", fields);
            Assert.Equal($"v{i}", (await story.GetAsync($"Foo: {i}")).Body);
        }

        for (var i = 0; i < 5; i++) Assert.Equal($"v{i}", (await story.GetAsync($"Foo: {i}")).Body);
        Assert.Equal(5, story.Asked);
    });

    [Theory]
    // The query is a part of it, exactly as it stands.
    [InlineData("?a=1", "?a=1", true)]
    [InlineData("?a=1", "?a=2", false)]
    [InlineData("?a=1", "", false)]
    [InlineData("", "?", false)]
    [InlineData("?a=1&b=2", "?b=2&a=1", false)]
    [InlineData("?a=%41", "?a=A", false)]
    [InlineData("?a", "?A", false)]
    [InlineData("?a=1&utm_source=x", "?a=1", false)]
    [InlineData("?a=1;b=2", "?a=1&b=2", false)]
    // So is the path.
    [InlineData("/a", "/a/", false)]
    [InlineData("/a", "/A", false)]
    [InlineData("/a", "/%61", false)]
    [InlineData("/a;b=1", "/a", false)]
    [InlineData("/a//b", "/a/b", false)]
    [InlineData("/a%2Fb", "/a/b", false)]
    [InlineData("/a%2fb", "/a%2Fb", false)]
    public Task Key_PathAndQuery_CountAsTheyStand(string one, string other, bool isSame) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60").Ok("two", "Cache-Control: max-age=60");
        Assert.Equal("one", (await story.GetAsync(below: one)).Body);
        Assert.Equal(isSame ? "one" : "two", (await story.GetAsync(below: other)).Body);
        Assert.Equal("one", (await story.GetAsync(below: one)).Body);
        Assert.Equal(isSame ? 1 : 2, story.Asked);
    });

    [Theory]
    [InlineData("Host: shop.example", "Host: SHOP.example", true)]
    [InlineData("Host: shop.example", "Host: shop.example:80", true)]
    [InlineData("Host: shop.example", "Host: shop.example:8080", false)]
    [InlineData("Host: shop.example", "Host: other.example", false)]
    [InlineData("Host: shop.example", "Host: shop.example:443", false)]
    public Task Key_TheHost_Counts(string one, string other, bool isSame) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60").Ok("two", "Cache-Control: max-age=60");
        foreach (var (host, expected) in new[] { (one, "one"), (other, isSame ? "one" : "two"), (one, "one") })
        {
            using var client = await story.Proxy.ConnectAsync();
            await client.SendAsync($"GET {story.Path} HTTP/1.1\r\n{host}\r\n\r\n");
            Assert.Equal(expected, (await client.ReadMessageAsync()).Body);
            await story.Proxy.StoredAsync();
        }
    });

    [Fact]
    public Task Head_OfAFreshResponse_IsAnsweredFromIt() => EachAsync(async story =>
    {
        story.Ok("hello", "Cache-Control: max-age=60|ETag: \"a\"|X-Kept: 1");
        await story.GetAsync();
        story.Pass(3);
        using var client = await story.StartAsync("HEAD");
        // Another request behind it on the same connection shows that no body came.
        await client.SendAsync($"GET {story.Path} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
        var head = await client.ReadMessageAsync(hasBody: false);
        Assert.Equal((200, "5", "3", "1"), (head.Status, head.Value("Content-Length"), head.Value("Age"), head.Value("X-Kept")));
        Assert.Equal("hello", (await client.ReadMessageAsync()).Body);
        Assert.Equal("", await client.WaitForEndAsync());
        Assert.Equal(1, story.Asked);
    });

    [Fact]
    public Task Head_WithNothingStored_GoesUpstreamAsHeadAndLeavesNothing() => EachAsync(async story =>
    {
        story.Answer(story.Head("200 OK", "Cache-Control: max-age=60") + "Content-Length: 5\r\n\r\n").Ok("hello", "Cache-Control: max-age=60");
        Assert.Equal("5", (await story.SendAsync("HEAD")).Value("Content-Length"));
        Assert.StartsWith("HEAD ", story.Requests[0].Head, StringComparison.Ordinal);
        Assert.Equal("hello", (await story.GetAsync()).Body);
        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task Head_OfAStaleResponse_GoesUpstreamAsHeadAndFreshensIt() => EachAsync(async story =>
    {
        story.Ok("hello", "Cache-Control: max-age=2|ETag: \"a\"|X-Old: 1").Answer(story.Head("200 OK", "Cache-Control: max-age=60|ETag: \"a\"|X-New: 1") + "Content-Length: 5\r\n\r\n");
        await story.GetAsync();
        story.Pass(3);
        var head = await story.SendAsync("HEAD");
        Assert.StartsWith("HEAD ", story.Requests[1].Head, StringComparison.Ordinal);
        Assert.Equal(("1", "1", "max-age=60"), (head.Value("X-Old"), head.Value("X-New"), head.Value("Cache-Control")));
        story.Pass(30);
        var hit = await story.GetAsync();
        Assert.Equal(("hello", "1", "30"), (hit.Body, hit.Value("X-New"), hit.Value("Age")));
        Assert.Equal(2, story.Asked);
    });

    [Theory]
    [InlineData("ETag: \"b\"", "5")]
    [InlineData("ETag: \"a\"", "6")]
    public Task Head_ThatDoesNotFit_PutsWhatIsStoredInDoubt(string tag, string length) => EachAsync(async story =>
    {
        story.Ok("hello", "Cache-Control: max-age=2|ETag: \"a\"")
            .Answer(story.Head("200 OK", $"Cache-Control: max-age=60|{tag}") + $"Content-Length: {length}\r\n\r\n").Ok("other", "Cache-Control: max-age=60");
        await story.GetAsync();
        story.Pass(3);
        await story.SendAsync("HEAD");
        Assert.Equal("other", (await story.GetAsync()).Body);
        Assert.Equal(3, story.Asked);
    });

    [Theory]
    [InlineData("/%7Ea", "PATH/%7Ea")]
    [InlineData("/%41?b=%27", "http://shop.examplePATH/%41?b=%27#c")]
    [InlineData("/~a", "PATH/%7Ea")]
    public Task Location_OfAWrite_IsForgottenAsItIsWrittenAndAsItIsNormalised(string below, string location) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60").Ok("done", "Location: " + location.Replace("PATH", story.Path, StringComparison.Ordinal)).Ok("two", "Cache-Control: max-age=60");
        await story.GetAsync(below: below);
        await story.Proxy.StoredAsync();
        await story.SendAsync("POST", below: "/write", body: "x");
        Assert.Equal("two", (await story.GetAsync(below: below)).Body);
    });

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    [InlineData("get")]
    public Task OtherMethods_AreForwardedAndNeverAnsweredFromTheStore(string method) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60").Ok("two", "Cache-Control: max-age=60").Ok("three", "Cache-Control: max-age=60");
        await story.GetAsync();
        Assert.Equal("two", (await story.SendAsync(method)).Body);
        Assert.Equal("three", (await story.SendAsync(method)).Body);
        Assert.StartsWith(method + " ", story.Requests[2].Head, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("Content-Location: PATH|Cache-Control: max-age=60", true)]
    [InlineData("Content-Location: http://shop.examplePATH|Cache-Control: max-age=60", true)]
    [InlineData("Content-Location: PATH/other|Cache-Control: max-age=60", false)]
    [InlineData("Content-Location: PATH", false)]
    [InlineData("Cache-Control: max-age=60", false)]
    public Task Post_ThatSaysWhatItIs_AnswersLaterGets(string fields, bool serves) => EachAsync(async story =>
    {
        story.Ok("old", "Cache-Control: max-age=60").Ok("posted", fields.Replace("PATH", story.Path, StringComparison.Ordinal)).Ok("new", "Cache-Control: max-age=60");
        await story.GetAsync();
        Assert.Equal("posted", (await story.SendAsync("POST", body: "x")).Body);
        Assert.Equal(serves ? "posted" : "new", (await story.GetAsync()).Body);
    });

    [Theory]
    [InlineData("POST", "200 OK", true)]
    [InlineData("PUT", "204 No Content", true)]
    [InlineData("DELETE", "200 OK", true)]
    [InlineData("PATCH", "200 OK", true)]
    [InlineData("FROBNICATE", "200 OK", true)]
    [InlineData("POST", "303 See Other", true)]
    [InlineData("POST", "404 Not Found", false)]
    [InlineData("PUT", "500 Internal Server Error", false)]
    [InlineData("OPTIONS", "200 OK", false)]
    [InlineData("HEAD", "200 OK", false)]
    public Task Unsafe_WhatSucceeds_ForgetsAllVariants(string method, string status, bool forgets) => EachAsync(async story =>
    {
        story.Ok("a", "Cache-Control: max-age=60|Vary: Foo").Ok("b", "Cache-Control: max-age=60|Vary: Foo");
        await story.GetAsync("Foo: 1");
        await story.GetAsync("Foo: 2");
        // A HEAD with a wish of its own goes to the origin too.
        story.Answer(story.Head(status) + (status.StartsWith("204", StringComparison.Ordinal) ? "\r\n" : "Content-Length: 0\r\n\r\n"));
        await story.SendAsync(method, method == "HEAD" ? "Cache-Control: no-store" : "");
        Assert.Equal(3, story.Asked);
        story.Ok("c", "Cache-Control: max-age=60|Vary: Foo").Ok("d", "Cache-Control: max-age=60|Vary: Foo");
        Assert.Equal(forgets ? ("c", "d") : ("a", "b"), ((await story.GetAsync("Foo: 1")).Body, (await story.GetAsync("Foo: 2")).Body));
    });

    [Theory]
    [InlineData("Location: PATH/x", true)]
    [InlineData("Content-Location: PATH/x", true)]
    [InlineData("Location: http://shop.examplePATH/x", true)]
    [InlineData("Location: http://SHOP.example:80PATH/x", true)]
    [InlineData("Location: x", true)]
    [InlineData("Location: ../x", false)]
    [InlineData("Location: https://shop.examplePATH/x", false)]
    [InlineData("Location: http://other.examplePATH/x", false)]
    [InlineData("Location: http://shop.example:8080PATH/x", false)]
    [InlineData("Content-Location: //other.examplePATH/x", false)]
    [InlineData("Location: http://[oddPATH/x", false)]
    public Task Unsafe_WhatItsAnswerNames_IsForgottenOfTheSameOriginOnly(string fields, bool forgets) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60").Ok("done", fields.Replace("PATH", story.Path, StringComparison.Ordinal)).Ok("two");
        await story.GetAsync(below: "/x");
        await story.SendAsync("POST", below: "/write", body: "x");
        Assert.Equal(forgets ? "two" : "one", (await story.GetAsync(below: "/x")).Body);
    });
}
