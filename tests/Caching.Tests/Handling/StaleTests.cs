using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>Requirement 12 (RFC 9111 §4.2.4, RFC 5861).</summary>
public sealed class StaleTests
{
    private static readonly Func<RawConnection, string, Task> Reset = (connection, _) =>
    {
        connection.Reset();
        return Task.CompletedTask;
    };

    [Fact]
    public async Task StaleWhileRevalidate_WithinItsTime_AnswersAtOnceAndAsksOnce()
    {
        await using var cache = new CacheUnderTest();
        var gate = new TaskCompletionSource();
        cache.Answer(Ok("1", "Cache-Control: max-age=60, stale-while-revalidate=30", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(61);
        cache.Answer(async (connection, _) =>
        {
            await gate.Task;
            await connection.SendAsync(Ok("2", "Cache-Control: max-age=60"));
        });
        for (var i = 0; i < 3; i++)
        {
            var stale = await cache.GetAsync("/", "X-Who: me", "If-Modified-Since: Tue, 24 Nov 1999 11:00:00 GMT");
            Assert.Equal(("1", 61), (stale.Body, stale.Age));
            Assert.False(stale.Has("Warning"));
        }

        await UntilAsync(() => cache.Requests.Length == 2);
        gate.SetResult();
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
        Assert.Equal("2", (await cache.GetAsync()).Body);
        Assert.Equal(2, cache.Requests.Length);
        Assert.Equal(("me", "\"a\""), (cache.Requests[1].Value("X-Who"), cache.Requests[1].Value("If-None-Match")));
    }

    [Theory]
    [InlineData("304")]
    [InlineData("200")]
    public async Task StaleWhileRevalidate_RevalidatedSinceItLooked_AsksNobody(string status)
    {
        var store = new StoreOfLateAnswers();
        await using var cache = new CacheUnderTest(store: store);
        const string fresh = "Cache-Control: max-age=60";
        cache.Answer(Ok("1", "Cache-Control: max-age=60, stale-while-revalidate=30", "ETag: \"a\""), status == "304" ? NotModified(fresh) : Ok("2", fresh));
        await cache.GetAsync();
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
        cache.Pass(61);
        var late = store.HoldNext();
        var first = cache.GetAsync();
        await late.Found;
        Assert.Equal("1", (await cache.GetAsync()).Body);
        await UntilAsync(() => cache.Requests.Length == 2 && cache.Engine.Flights.Count == 0);
        late.LetGo();
        // What it has found is stale, and has been replaced or freshened meanwhile.
        var body = (await first).Body;
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
        Assert.Equal((status == "304" ? "1" : "2", 2), (body, cache.Requests.Length));
    }

    [Fact]
    public async Task StaleWhileRevalidate_BackgroundAnswers304_FreshensTheEntry()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60, stale-while-revalidate=30", "ETag: \"a\""), NotModified());
        await cache.GetAsync();
        cache.Pass(61);
        await cache.GetAsync();
        await UntilAsync(() => cache.Requests.Length == 2 && cache.Engine.Flights.Count == 0);
        Assert.Equal(0, (await cache.GetAsync()).Age);
        Assert.Equal(2, cache.Requests.Length);
    }

    [Fact]
    public async Task StaleWhileRevalidate_BackgroundFails_TheEntryStays()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60, stale-while-revalidate=30", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(61);
        cache.Answer(Reset);
        await cache.GetAsync();
        await UntilAsync(() => cache.Requests.Length == 2 && cache.Engine.Flights.Count == 0);
        cache.Answer(NotModified());
        Assert.Equal("1", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task StaleWhileRevalidate_AfterItsTime_IsValidatedFirst()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60, stale-while-revalidate=30"), Ok("2"));
        await cache.GetAsync();
        cache.Pass(91);
        Assert.Equal("2", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task StaleWhileRevalidate_NoneAllowedInTheBackground_ServesStaleAndAsksNobody()
    {
        await using var cache = new CacheUnderTest(o => o.MaxBackgroundRevalidations = 0);
        cache.Answer(Ok("1", "Cache-Control: max-age=60, stale-while-revalidate=30"));
        await cache.GetAsync();
        cache.Pass(61);
        Assert.Equal("1", (await cache.GetAsync()).Body);
        Assert.Single(cache.Requests);
    }

    [Theory]
    [InlineData("max-age=60")]
    [InlineData("max-age=60, stale-if-error=5")]
    public async Task Unreachable_ByDefault_ServesStale(string cacheControl)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", $"Cache-Control: {cacheControl}"));
        await cache.GetAsync();
        cache.Pass(100);
        cache.Answer(Reset);
        var stale = await cache.GetAsync();
        Assert.Equal((200, "1", 100), (stale.Status, stale.Body, stale.Age));
    }

    [Theory]
    [InlineData("max-age=60, must-revalidate")]
    [InlineData("max-age=60, proxy-revalidate")]
    [InlineData("s-maxage=60")]
    [InlineData("max-age=60, no-cache")]
    public async Task Unreachable_ForbiddenByTheOrigin_Is504(string cacheControl)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", $"Cache-Control: {cacheControl}", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(61);
        cache.Answer(Reset).Answer(Reset);
        Assert.Equal(504, (await cache.GetAsync()).Status);
        Assert.Equal(504, (await cache.SendAsync("HEAD", "/")).Status);
    }

    [Fact]
    public async Task Unreachable_BeyondTheBound_Fails()
    {
        await using var cache = new CacheUnderTest(o => o.MaxStaleWhenUnreachable = TimeSpan.FromSeconds(10));
        cache.Answer(Ok("1", "Cache-Control: max-age=60"));
        await cache.GetAsync();
        cache.Pass(71);
        cache.Answer(Reset);
        await Assert.ThrowsAsync<HttpRequestException>(() => cache.GetAsync());
    }

    [Fact]
    public async Task Unreachable_NothingStored_Fails()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Reset);
        await Assert.ThrowsAsync<HttpRequestException>(() => cache.GetAsync());
    }

    [Fact]
    public async Task Unreachable_Head_ServesStale()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("12345", "Cache-Control: max-age=60"));
        await cache.GetAsync();
        cache.Pass(61);
        cache.Answer(Reset);
        Assert.Equal("5", (await cache.SendAsync("HEAD", "/")).Value("Content-Length"));
    }

    [Theory]
    [InlineData("500 Internal Server Error")]
    [InlineData("502 Bad Gateway")]
    [InlineData("503 Service Unavailable")]
    [InlineData("504 Gateway Timeout")]
    public async Task StaleIfError_ErrorWithinItsTime_ServesStale(string status)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60, stale-if-error=30"));
        await cache.GetAsync();
        cache.Pass(90);
        cache.Answer(Status(status, "error"), Status(status, "error"));
        Assert.Equal("1", (await cache.GetAsync()).Body);
        cache.Pass(1);
        Assert.Equal("error", (await cache.GetAsync()).Body);
    }

    [Theory]
    [InlineData("max-age=60", "503 Service Unavailable")]
    [InlineData("max-age=60, stale-if-error=30", "404 Not Found")]
    [InlineData("max-age=60, stale-if-error=30", "501 Not Implemented")]
    [InlineData("max-age=60, stale-if-error=30, must-revalidate", "503 Service Unavailable")]
    public async Task StaleIfError_NotSaidOrNoError_PassesTheAnswerOn(string cacheControl, string status)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", $"Cache-Control: {cacheControl}"), Status(status, "answer"));
        await cache.GetAsync();
        cache.Pass(61);
        Assert.Equal("answer", (await cache.GetAsync()).Body);
    }
}
