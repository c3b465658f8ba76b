using Net2Secure.Routing.Caching.Tests.Handling;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;

namespace Net2Secure.Routing.Caching.Tests.Coalescing;

/// <summary>Many misses, one fetch (RFC 9111 §4: collapsed requests).</summary>
public sealed class CoalescingTests
{
    [Fact]
    public async Task Get_ManyAtOnce_AreOneFetch()
    {
        await using var cache = new CacheUnderTest();
        var origin = new Gate(cache, Ok("1", "Cache-Control: max-age=60"));
        var gets = Enumerable.Range(0, 20).Select(_ => cache.GetAsync()).ToArray();
        await origin.HasComeAsync();
        origin.Open();
        Assert.All(await Task.WhenAll(gets), seen => Assert.Equal("1", seen.Body));
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Followers_OfAResponse_GetItsAgeTheLeaderDoesNot()
    {
        await using var cache = new CacheUnderTest(o => o.CacheStatusName = "N");
        var origin = new Gate(cache, Ok("1", "Cache-Control: max-age=60"));
        var leader = cache.GetAsync();
        await origin.HasComeAsync();
        var follower = cache.GetAsync();
        origin.Open();
        Assert.Null((await leader).Age);
        Assert.Equal(0, (await follower).Age);
        Assert.Equal(("N; fwd=uri-miss; stored", "N; fwd=uri-miss; collapsed"), ((await leader).Value("Cache-Status"), (await follower).Value("Cache-Status")));
    }

    [Fact]
    public async Task Followers_OfABodyThatArrives_ReadItWhileItDoes()
    {
        await using var cache = new CacheUnderTest();
        var rest = new TaskCompletionSource();
        cache.Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nfirst");
            await rest.Task;
            await connection.SendAsync("-rest");
        });
        using var leader = await cache.StartAsync("GET", "/", []);
        using var follower = await cache.StartAsync("GET", "/", []);
        var buffer = new byte[5];
        foreach (var response in new[] { follower, leader })
        {
            await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(buffer).AsTask().WaitAsync(Bound);
            Assert.Equal("first", System.Text.Encoding.Latin1.GetString(buffer));
        }

        rest.SetResult();
        foreach (var response in new[] { follower, leader })
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            Assert.Equal("-rest", await reader.ReadToEndAsync().WaitAsync(Bound));
        }

        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Followers_OfAnUncacheableResponse_AskForThemselves()
    {
        await using var cache = new CacheUnderTest();
        var origin = new Gate(cache, Ok("1", "Cache-Control: private"));
        var leader = cache.GetAsync();
        await origin.HasComeAsync();
        var followers = Enumerable.Range(0, 3).Select(_ => cache.GetAsync()).ToArray();
        cache.Answer(Ok("own"), Ok("own"), Ok("own"));
        origin.Open();
        Assert.Equal("1", (await leader).Body);
        Assert.All(await Task.WhenAll(followers), seen => Assert.Equal("own", seen.Body));
    }

    [Fact]
    public async Task Get_KeyKnownToBeUncacheable_DoesNotWaitForOthers()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: no-store"));
        await cache.GetAsync();
        var (one, other) = (new Gate(cache, Ok("a")), new Gate(cache, Ok("b")));
        var gets = new[] { cache.GetAsync(), cache.GetAsync() };
        // Both have come while neither is answered.
        await one.HasComeAsync();
        await other.HasComeAsync();
        one.Open();
        other.Open();
        await Task.WhenAll(gets);
    }

    [Fact]
    public async Task Get_KeyThatBecomesCacheable_IsStoredAgain()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: no-store"), Ok("2", "Cache-Control: max-age=60"), Ok("3", "Cache-Control: max-age=60"));
        foreach (var body in new[] { "1", "2", "3", "3" }) Assert.Equal(body, (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Followers_OfAnotherVariant_AreOneFetchOfTheirOwn()
    {
        await using var cache = new CacheUnderTest();
        var origin = new Gate(cache, Ok("a", "Cache-Control: max-age=60", "Vary: X"));
        var leader = cache.GetAsync("/", "X: a");
        await origin.HasComeAsync();
        var followers = Enumerable.Range(0, 5).Select(_ => cache.GetAsync("/", "X: b")).ToArray();
        var second = new Gate(cache, Ok("b", "Cache-Control: max-age=60", "Vary: X"));
        origin.Open();
        await second.HasComeAsync();
        second.Open();
        Assert.Equal("a", (await leader).Body);
        Assert.All(await Task.WhenAll(followers), seen => Assert.Equal("b", seen.Body));
        Assert.Equal(2, cache.Requests.Length);
    }

    [Fact]
    public async Task Get_WithCredentials_WaitsForNobodyAndKeepsNobodyWaiting()
    {
        // RFC 9111 §3.5
        await using var cache = new CacheUnderTest();
        Gate[] gates = [new(cache, Ok("1", "Cache-Control: private")), new(cache, Ok("2", "Cache-Control: private")), new(cache, Ok("3", "Cache-Control: max-age=60"))];
        string[][] requests = [["Authorization: x"], ["Authorization: y"], []];
        var gets = new List<Task<Seen>>();
        for (var i = 0; i < gates.Length; i++)
        {
            gets.Add(cache.GetAsync("/", requests[i]));
            await gates[i].HasComeAsync();
        }

        foreach (var gate in gates) gate.Open();
        Assert.Equal(["1", "2", "3"], (await Task.WhenAll(gets)).Select(seen => seen.Body));
        Assert.False(cache.Engine.Shared.Unshared.Contains(new CacheKey($"{cache.Uri}")));
    }

    [Fact]
    public async Task Followers_WithCredentials_ShareAValidationThatAllowsIt()
    {
        // RFC 9111 §3.5
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60, public", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        var origin = new Gate(cache, NotModified());
        var leader = cache.GetAsync();
        await origin.HasComeAsync();
        var follower = cache.GetAsync("/", "Authorization: x");
        origin.Open();
        Assert.Equal(("1", "1"), ((await leader).Body, (await follower).Body));
        Assert.Equal(2, cache.Requests.Length);
    }

    [Fact]
    public async Task Followers_WithCredentials_DoNotShareWhatIsNotAllowedAnyMore()
    {
        // RFC 9111 §3.5
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60, public", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        var origin = new Gate(cache, NotModified("Cache-Control: max-age=60"));
        var leader = cache.GetAsync();
        await origin.HasComeAsync();
        var follower = cache.GetAsync("/", "Authorization: x");
        cache.Answer(Ok("own"));
        origin.Open();
        Assert.Equal(("1", "own"), ((await leader).Body, (await follower).Body));
    }

    [Fact]
    public async Task Followers_OfAStuckLeader_AskForThemselvesAfterAWhile()
    {
        await using var cache = new CacheUnderTest();
        var stuck = new Gate(cache, Ok("1", "Cache-Control: max-age=60"));
        var leader = cache.GetAsync();
        await stuck.HasComeAsync();
        var follower = cache.GetAsync();
        cache.Answer(Ok("own"));
        // Time may be moved before the follower has begun to wait.
        while (!follower.IsCompleted)
        {
            cache.Pass(10);
            await Task.WhenAny(follower, Task.Delay(1));
        }

        Assert.Equal("own", (await follower).Body);
        stuck.Open();
        Assert.Equal("1", (await leader).Body);
    }

    [Fact]
    public async Task Leader_ThatGivesUp_LeavesTheFetchToItsFollowers()
    {
        await using var cache = new CacheUnderTest();
        var origin = new Gate(cache, Ok("1", "Cache-Control: max-age=60"));
        using var giveUp = new CancellationTokenSource();
        var leader = cache.StartAsync("GET", "/", [], giveUp.Token);
        await origin.HasComeAsync();
        var follower = cache.GetAsync();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        origin.Open();
        Assert.Equal("1", (await follower).Body);
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Everybody_GivesUp_TheFetchIsCancelled()
    {
        await using var cache = new CacheUnderTest();
        var ended = new TaskCompletionSource();
        cache.Answer(async (connection, _) =>
        {
            await connection.WaitForEndAsync();
            ended.SetResult();
        });
        using var giveUp = new CancellationTokenSource();
        var leader = cache.StartAsync("GET", "/", [], giveUp.Token);
        await UntilAsync(() => cache.Requests.Length == 1);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        await ended.Task.WaitAsync(Bound);
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
    }

    [Fact]
    public async Task Client_LeavesABodyOfKnownLength_ItIsStoredAllTheSame()
    {
        await using var cache = new CacheUnderTest();
        var rest = new TaskCompletionSource();
        cache.Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\nab");
            await rest.Task;
            await connection.SendAsync("cd");
        });
        (await cache.StartAsync("GET", "/", [])).Dispose();
        rest.SetResult();
        Assert.Equal("abcd", (await cache.GetAsync()).Body);
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Client_LeavesABodyOfUnknownLength_TheFetchIsCancelled()
    {
        await using var cache = new CacheUnderTest();
        var ended = new TaskCompletionSource();
        cache.Answer(async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
            await connection.WaitForEndAsync();
            ended.SetResult();
        });
        (await cache.StartAsync("GET", "/", [])).Dispose();
        await ended.Task.WaitAsync(Bound);
    }

    [Fact]
    public async Task Leader_Fails_ItsFollowersFailWithIt()
    {
        await using var cache = new CacheUnderTest();
        var gate = new TaskCompletionSource();
        cache.Answer(async (connection, _) =>
        {
            await gate.Task;
            connection.Reset();
        });
        var leader = cache.GetAsync();
        await UntilAsync(() => cache.Requests.Length == 1);
        var follower = cache.GetAsync();
        gate.SetResult();
        await Assert.ThrowsAsync<HttpRequestException>(() => leader);
        await Assert.ThrowsAsync<HttpRequestException>(() => follower);
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Followers_OfAValidation_ShareItsOutcome()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        var origin = new Gate(cache, NotModified("Cache-Control: max-age=60"));
        var gets = Enumerable.Range(0, 5).Select(_ => cache.GetAsync()).ToArray();
        await origin.HasComeAsync();
        origin.Open();
        Assert.All(await Task.WhenAll(gets), seen => Assert.Equal((200, "1"), (seen.Status, seen.Body)));
        Assert.Equal(2, cache.Requests.Length);
    }

    [Fact]
    public async Task Followers_OfAValidationThatBringsACookie_AskForThemselves()
    {
        // RFC 9111 §7.3: a cookie for one client must not reach another
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\""));
        await cache.GetAsync();
        cache.Pass(60);
        var origin = new Gate(cache, NotModified("Set-Cookie: session=leader"));
        var leader = cache.GetAsync();
        await origin.HasComeAsync();
        var follower = cache.GetAsync();
        cache.Answer(NotModified("Set-Cookie: session=follower"), NotModified());
        origin.Open();
        Assert.Equal(("session=leader", "session=follower"), ((await leader).Value("Set-Cookie"), (await follower).Value("Set-Cookie")));
        Assert.False((await cache.GetAsync()).Has("Set-Cookie"));
    }

    [Fact]
    public async Task Followers_OfAResponseThatMayNotBeReused_AskForThemselves()
    {
        await using var cache = new CacheUnderTest();
        var origin = new Gate(cache, Ok("1", "ETag: \"a\""));
        var leader = cache.GetAsync();
        await origin.HasComeAsync();
        var follower = cache.GetAsync();
        cache.Answer(Ok("2", "ETag: \"b\""));
        origin.Open();
        Assert.Equal(("1", "2"), ((await leader).Body, (await follower).Body));
    }

    [Fact]
    public async Task Reload_WhileAFetchIsUnderWay_AsksForItself()
    {
        await using var cache = new CacheUnderTest();
        var origin = new Gate(cache, Ok("1", "Cache-Control: max-age=60"));
        var leader = cache.GetAsync();
        await origin.HasComeAsync();
        cache.Answer(Ok("2"));
        Assert.Equal("2", (await cache.GetAsync("/", "Cache-Control: no-cache")).Body);
        origin.Open();
        await leader;
    }

    [Fact]
    public async Task Coalescing_SwitchedOff_EachAsksForItself()
    {
        await using var cache = new CacheUnderTest(o => o.CoalescingTimeout = TimeSpan.Zero);
        var (one, other) = (new Gate(cache, Ok("a", "Cache-Control: max-age=60")), new Gate(cache, Ok("b", "Cache-Control: max-age=60")));
        var gets = new[] { cache.GetAsync(), cache.GetAsync() };
        await one.HasComeAsync();
        await other.HasComeAsync();
        one.Open();
        other.Open();
        await Task.WhenAll(gets);
    }

    /// <summary>An answer that waits until the test lets it go.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _come = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Gate(CacheUnderTest cache, string answer) => cache.Answer(async (connection, _) =>
        {
            _come.SetResult();
            await _open.Task;
            await connection.SendAsync(answer);
        });

        public Task HasComeAsync() => _come.Task.WaitAsync(Bound);

        public void Open() => _open.SetResult();
    }
}
