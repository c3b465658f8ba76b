using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>Validation, and what is stale, through the proxy (RFC 9111 §3.2, §4.2.4, §4.3; RFC 5861).</summary>
public sealed class StaleTests(CachedProxies proxies) : CacheTable(proxies)
{
    [Theory]
    [InlineData("ETag: \"a\"", "If-None-Match: \"a\"")]
    [InlineData("ETag: W/\"a\"", "If-None-Match: W/\"a\"")]
    [InlineData("ETag: odd", "If-None-Match: odd")]
    [InlineData("Last-Modified: Tue, 01 Sep 2026 10:00:00 GMT", "If-Modified-Since: Tue, 01 Sep 2026 10:00:00 GMT")]
    [InlineData("Last-Modified: Tuesday, 01-Sep-26 10:00:00 GMT", "If-Modified-Since: Tuesday, 01-Sep-26 10:00:00 GMT")]
    [InlineData("ETag: \"a\"|Last-Modified: Tue, 01 Sep 2026 10:00:00 GMT", "If-None-Match: \"a\"|If-Modified-Since: Tue, 01 Sep 2026 10:00:00 GMT")]
    public Task Validation_AsksByTheStoredValidators_BesideTheFieldsOfTheClient(string response, string conditions) => EachAsync(async story =>
    {
        story.Ok("one", $"Cache-Control: max-age=1|Vary: Foo|{response}").NotModified("Cache-Control: max-age=1");
        await story.GetAsync("Foo: 1|X-Own: 1");
        story.Pass(2);
        var answer = await story.GetAsync("Foo: 1|X-Own: 2|Cookie: c=3");
        Assert.Equal((200, "one", "0"), (answer.Status, answer.Body, answer.Value("Age")));
        var request = story.Requests[1];
        Assert.Equal(conditions, string.Join('|', request.Fields.Where(f => f.StartsWith("If-", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal)));
        Assert.Equal(("1", "2", "c=3"), (request.Value("Foo"), request.Value("X-Own"), request.Value("Cookie")));
    });

    [Fact]
    public Task NotModified_MergedFields_AreWhatClientsSee() => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=1|ETag: \"a\"|X-Kept: 1|X-New: old|Content-Odd: old|Content-Type: a/b|Age: 1")
            .Answer(story.Head("304 Not Modified", "Cache-Control: max-age=60|ETag: \"a\"|X-New: new|X-New: newer|Content-Odd: new|X-More: 1|Connection: X-Hop|X-Hop: 1|Content-Length: 99") + "\r\n");
        await story.GetAsync();
        story.Pass(2);
        var validated = await story.GetAsync();
        story.Pass(30);
        var hit = await story.GetAsync();
        foreach (var (answer, age) in new[] { (validated, "0"), (hit, "30") })
        {
            Assert.Equal((200, "one", "3", age), (answer.Status, answer.Body, answer.Value("Content-Length"), answer.Value("Age")));
            Assert.Equal(["new", "newer"], answer.Values("X-New"));
            Assert.Equal(("1", "new", "1", "a/b", "max-age=60"), (answer.Value("X-Kept"), answer.Value("Content-Odd"), answer.Value("X-More"), answer.Value("Content-Type"), answer.Value("Cache-Control")));
            Assert.False(answer.Has("X-Hop"));
        }

        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task NotModified_ForAClientThatHasIt_IsPassedOnAs304() => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=1|ETag: \"a\"").NotModified("Cache-Control: max-age=60|ETag: \"a\"");
        await story.GetAsync();
        story.Pass(2);
        Assert.Equal(304, (await story.GetAsync("If-None-Match: \"a\"")).Status);
        // Freshened for all.
        Assert.Equal((200, "one"), Of(await story.GetAsync()));
        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task Validation_ForAClientThatHasAnother_IsByOurs() => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=1|ETag: \"a\"").NotModified("ETag: \"a\"");
        await story.GetAsync();
        story.Pass(2);
        Assert.Equal((200, "one"), Of(await story.GetAsync("If-None-Match: \"other\"")));
        Assert.Equal("\"a\"", story.Requests[1].Value("If-None-Match"));
    });

    [Theory]
    [InlineData("200 OK")]
    [InlineData("404 Not Found")]
    [InlineData("301 Moved Permanently")]
    public Task Validation_AnsweredOtherwise_ReplacesWhatIsStored(string status) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=1|ETag: \"a\"").Status(status, "two", "Cache-Control: max-age=60|ETag: \"b\"");
        await story.GetAsync();
        story.Pass(2);
        Assert.Equal("two", (await story.GetAsync()).Body);
        Assert.Equal("two", (await story.GetAsync()).Body);
        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task Validation_OfAnotherVariant_OffersItsTag() => EachAsync(async story =>
    {
        const string fields = "Cache-Control: max-age=60|Vary: Foo|ETag: \"a\"";
        story.Ok("one", fields).NotModified("ETag: \"a\"|Vary: Foo|Cache-Control: max-age=60");
        await story.GetAsync("Foo: 1");
        Assert.Equal((200, "one"), Of(await story.GetAsync("Foo: 2")));
        Assert.Equal("\"a\"", story.Requests[1].Value("If-None-Match"));
        Assert.Equal("one", (await story.GetAsync("Foo: 2")).Body);
        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task StaleWhileRevalidate_AnswersAtOnceAndRevalidatesOnce() => EachAsync(async story =>
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        story.Ok("one", "Cache-Control: max-age=1, stale-while-revalidate=10|ETag: \"a\"").Answer(async (connection, _) =>
        {
            await gate.Task;
            await connection.SendAsync(story.Head("200 OK", "Cache-Control: max-age=60") + "Content-Length: 3\r\n\r\ntwo");
        });
        await story.GetAsync();
        story.Pass(5);
        for (var i = 0; i < 3; i++) Assert.Equal(("one", "5"), OfAge(await story.GetAsync("X-Own: 1")));
        await Eventually.TrueAsync(() => story.Asked == 2);
        Assert.Equal(("\"a\"", "1"), (story.Requests[1].Value("If-None-Match"), story.Requests[1].Value("X-Own")));
        gate.SetResult();
        await story.GetUntilAsync(answer => answer.Body == "two");
        Assert.Equal(2, story.Asked);
    });

    [Fact]
    public Task StaleWhileRevalidate_ItsTimeOver_IsNotStaleAnyMore() => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=1, stale-while-revalidate=10|ETag: \"a\"").Ok("two");
        await story.GetAsync();
        story.Pass(12);
        Assert.Equal("two", (await story.GetAsync()).Body);
    });

    [Theory]
    [InlineData("max-age=1", true)]
    [InlineData("max-age=1, must-revalidate", false)]
    [InlineData("max-age=1, proxy-revalidate", false)]
    [InlineData("s-maxage=1", false)]
    [InlineData("max-age=1, no-cache", false)]
    public Task Unreachable_ServesStaleUnlessForbidden(string directives, bool serves) => EachAsync(async story =>
    {
        foreach (var how in new Action<RawConnection>[] { static c => c.Reset(), static c => c.Dispose() })
        {
            story.Ok("one", $"Cache-Control: {directives}|ETag: \"a\"");
            await story.GetAsync("Cache-Control: no-cache");
            story.Pass(5);
            story.Answer((connection, _) =>
            {
                how(connection);
                return Task.CompletedTask;
            });
            var answer = await story.GetAsync();
            Assert.Equal(serves ? (200, "one") : (504, ""), Of(answer));
            if (serves) Assert.Equal("5", answer.Value("Age"));
            Assert.False(answer.Has("Warning"));
        }
    });

    [Theory]
    [InlineData(86_300, 200)]
    [InlineData(86_500, 502)]
    public Task Unreachable_StaleForLongerThanADay_IsNotServed(double after, int status) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=60");
        await story.GetAsync();
        story.Pass(after);
        Assert.Equal(status, (await story.GetAsync()).Status);
    });

    [Theory]
    [InlineData("500 Internal Server Error", true)]
    [InlineData("502 Bad Gateway", true)]
    [InlineData("503 Service Unavailable", true)]
    [InlineData("504 Gateway Timeout", true)]
    [InlineData("501 Not Implemented", false)]
    [InlineData("404 Not Found", false)]
    public Task StaleIfError_ServesForItsTime(string status, bool serves) => EachAsync(async story =>
    {
        story.Ok("one", "Cache-Control: max-age=1, stale-if-error=10|ETag: \"a\"").Status(status, "error").Status(status, "error");
        await story.GetAsync();
        story.Pass(5);
        Assert.Equal(serves ? "one" : "error", (await story.GetAsync()).Body);
        story.Pass(10);
        Assert.Equal("error", (await story.GetAsync()).Body);
    });

    [Theory]
    [InlineData("max-age=1")]
    [InlineData("max-age=1, must-revalidate, stale-if-error=60")]
    public Task Errors_WithoutStaleIfError_ReachTheClientAndReplaceNothing(string directives) => EachAsync(async story =>
    {
        story.Ok("one", $"Cache-Control: {directives}|ETag: \"a\"").Status("503 Service Unavailable", "error", "Cache-Control: max-age=60").NotModified("ETag: \"a\"");
        await story.GetAsync();
        story.Pass(5);
        Assert.Equal((503, "error"), Of(await story.GetAsync()));
        Assert.Equal((200, "one"), Of(await story.GetAsync()));
        Assert.Equal("\"a\"", story.Requests[2].Value("If-None-Match"));
    });

    private static (int Status, string Body) Of(RawMessage answer) => (answer.Status, answer.Body);

    private static (string Body, string Age) OfAge(RawMessage answer) => (answer.Body, answer.Value("Age"));
}
