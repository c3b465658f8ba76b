using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>Requirement 14 (RFC 9111 §4.4).</summary>
public sealed class InvalidationTests
{
    private const string Fresh = "Cache-Control: max-age=60";

    [Theory]
    [InlineData("POST", "200 OK", true)]
    [InlineData("PUT", "201 Created", true)]
    [InlineData("DELETE", "302 Found", true)]
    [InlineData("PATCH", "200 OK", true)]
    [InlineData("BREW", "200 OK", true)]
    [InlineData("POST", "404 Not Found", false)]
    [InlineData("PUT", "500 Internal Server Error", false)]
    [InlineData("OPTIONS", "200 OK", false)]
    public async Task UnsafeMethod_ThatSucceeds_InvalidatesAllVariants(string method, string status, bool isInvalidated)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", Fresh, "Vary: A"), Ok("2", Fresh, "Vary: A"), Status(status, ""));
        await cache.GetAsync("/", "A: 1");
        await cache.GetAsync("/", "A: 2");
        await cache.SendAsync(method, "/");
        cache.Answer(Ok("new", Fresh, "Vary: A"), Ok("new", Fresh, "Vary: A"));
        Assert.Equal(isInvalidated ? "new" : "1", (await cache.GetAsync("/", "A: 1")).Body);
        Assert.Equal(isInvalidated ? "new" : "2", (await cache.GetAsync("/", "A: 2")).Body);
    }

    [Theory]
    [InlineData("Location: /other", true)]
    [InlineData("Content-Location: other", true)]
    [InlineData("Location: /%6Fther", true)]
    [InlineData("Location: http://elsewhere.example/other", false)]
    [InlineData("X-Location: /other", false)]
    public async Task UnsafeMethod_ThatNamesAnotherUri_InvalidatesItIfOfTheSameOrigin(string field, bool isInvalidated)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", Fresh), Status("201 Created", "", field));
        await cache.GetAsync("/other");
        await cache.SendAsync("POST", "/");
        cache.Answer(Ok("new", Fresh));
        Assert.Equal(isInvalidated ? "new" : "1", (await cache.GetAsync("/other")).Body);
    }

    [Fact]
    public async Task UnsafeMethod_WhileAFetchIsUnderWay_KeepsItsResponseOut()
    {
        await using var cache = new CacheUnderTest();
        var (come, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        cache.Answer(async (connection, _) =>
        {
            come.SetResult();
            await gate.Task;
            await connection.SendAsync(Ok("before", Fresh));
        });
        var get = cache.GetAsync();
        await come.Task.WaitAsync(Bound);
        cache.Answer(Ok("done"));
        await cache.SendAsync("POST", "/");
        gate.SetResult();
        Assert.Equal("before", (await get).Body);
        cache.Answer(Ok("after", Fresh));
        Assert.Equal("after", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task UnsafeMethod_WhileABodyArrives_KeepsItsResponseOut()
    {
        await using var cache = new CacheUnderTest();
        var gate = new TaskCompletionSource();
        cache.Answer(async (connection, _) =>
        {
            await connection.SendAsync($"HTTP/1.1 200 OK\r\n{Fresh}\r\nContent-Length: 6\r\n\r\nbef");
            await gate.Task;
            await connection.SendAsync("ore");
        });
        using var response = await cache.StartAsync("GET", "/", []);
        cache.Answer(Ok("done"));
        await cache.SendAsync("POST", "/");
        gate.SetResult();
        Assert.Equal("before", await response.Content.ReadAsStringAsync());
        cache.Answer(Ok("after", Fresh));
        Assert.Equal("after", (await cache.GetAsync()).Body);
    }
}
