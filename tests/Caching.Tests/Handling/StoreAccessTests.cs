using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>A store that fails, is slow, or copies what it stores: no request fails because of it.</summary>
public sealed class StoreAccessTests
{
    private const string Fresh = "Cache-Control: max-age=60";

    [Fact]
    public async Task Store_ThatFails_IsAMiss()
    {
        await using var cache = new CacheUnderTest(store: new TroubledStore { Fails = true });
        cache.Answer(Ok("1", Fresh), Ok("2", Fresh), Ok("3", Fresh), Ok("done"));
        foreach (var body in new[] { "1", "2", "3" }) Assert.Equal(body, (await cache.GetAsync()).Body);
        Assert.Equal("done", (await cache.SendAsync("POST", "/")).Body);
    }

    [Fact]
    public async Task Store_ThatFailsWhileTheClientGivesUp_IsAMissAllTheSame()
    {
        await using var cache = new CacheUnderTest(store: new TroubledStore { Fails = true });
        Assert.Empty(await cache.Engine.Store.FindAsync(new CacheKey("http://shop.example/"), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Store_ThatIsSlow_IsWaitedForABoundedTime()
    {
        var store = new TroubledStore { IsSlow = true };
        await using var cache = new CacheUnderTest(store: store);
        cache.Answer(Ok("1", Fresh));
        var get = cache.GetAsync();
        await UntilAsync(() => store.Finds == 1);
        Assert.Empty(cache.Requests);
        await PassUntilAsync(cache, get);
        Assert.Equal("1", (await get).Body);
    }

    [Fact]
    public async Task Store_ThatFailsOnEnd_IsLeftAloneForAWhile()
    {
        var store = new TroubledStore { Fails = true };
        await using var cache = new CacheUnderTest(store: store);
        for (var i = 0; i < 5; i++) cache.Answer(Ok("x"));
        for (var i = 0; i < 5; i++) await cache.GetAsync($"/{i}");
        Assert.Equal(StoreAccess.MaxFailures, store.Finds);
        store.Fails = false;
        cache.Pass(StoreAccess.Pause.TotalSeconds);
        cache.Answer(Ok("1", Fresh));
        await cache.GetAsync();
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
        Assert.Equal("1", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Removal_ThatFails_IsMadeUpForBeforeTheKeyIsLookedForAgain()
    {
        // RFC 9111 §4.4 holds even so
        var store = new TroubledStore();
        await using var cache = new CacheUnderTest(store: store);
        cache.Answer(Ok("old", Fresh), Ok("done"), Ok("new", Fresh));
        await cache.GetAsync();
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
        store.Fails = true;
        await cache.SendAsync("POST", "/");
        store.Fails = false;
        Assert.Equal("new", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Invalidation_WhileTheStoreIsStillBusy_HasTheLastWord()
    {
        // RFC 9111 §4.4
        var store = new TroubledStore { StopsReading = true };
        await using var cache = new CacheUnderTest(store: store);
        cache.Answer(Ok("old", Fresh), Ok("done"), Ok("new", Fresh));
        Assert.Equal("old", (await cache.GetAsync()).Body);
        await cache.SendAsync("POST", "/");
        store.StopsReading = false;
        store.Resume();
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
        Assert.Equal("new", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Store_ThatNeverEnds_DoesNotKeepTheFetchFromItsEnd()
    {
        var store = new TroubledStore { StopsReading = true };
        await using var cache = new CacheUnderTest(store: store);
        cache.Answer(Ok("1", Fresh));
        Assert.Equal("1", (await cache.GetAsync()).Body);
        Assert.Equal(1, cache.Engine.Flights.Count);
        await PassUntilAsync(cache, UntilAsync(() => cache.Engine.Flights.Count == 0));
        Assert.Equal(0, cache.Engine.Flights.Count);
        store.Resume();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000_000)]
    [InlineData(3_000_000)]
    public async Task Store_ThatCopies_GetsTheBodyAsItArrives(int length)
    {
        await using var cache = new CacheUnderTest(store: new TroubledStore());
        var body = new string('x', length);
        cache.Answer(Ok(body, Fresh));
        Assert.Equal(body, (await cache.GetAsync()).Body);
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
        Assert.Equal(body, (await cache.GetAsync()).Body);
        Assert.Single(cache.Requests);
    }

    [Fact]
    public async Task Store_ThatStopsReading_DoesNotHoldUpTheClient()
    {
        var store = new TroubledStore { StopsReading = true };
        await using var cache = new CacheUnderTest(store: store);
        var body = new string('x', 3_000_000);
        cache.Answer(Ok(body, Fresh));
        var get = cache.GetAsync();
        await PassUntilAsync(cache, get);
        Assert.Equal(body, (await get).Body);
        store.StopsReading = false;
        store.Resume();
    }

    [Fact]
    public async Task Body_BeyondTheBound_PassesAndIsNotStored()
    {
        await using var cache = new CacheUnderTest(o => o.MaxBodyBytes = 100_000);
        var body = new string('x', 300_000);
        var chunked = $"HTTP/1.1 200 OK\r\n{Fresh}\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n";
        cache.Answer(Ok(body, Fresh), chunked, chunked);
        // Announced, then not announced, which is seen only on the way.
        Assert.Equal(body, (await cache.GetAsync("/announced")).Body);
        Assert.Equal(body, (await cache.GetAsync("/found")).Body);
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
        Assert.Equal(body, (await cache.GetAsync("/found")).Body);
        Assert.Equal(3, cache.Requests.Length);
    }

    [Fact]
    public async Task Body_OfNothing_IsStored()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("", Fresh), "HTTP/1.1 204 No Content\r\nCache-Control: max-age=60\r\n\r\n");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(("", "0"), await BodyAndLength(cache.GetAsync("/empty")));
            Assert.Equal(204, (await cache.GetAsync("/none")).Status);
        }

        Assert.Equal(2, cache.Requests.Length);
    }

    [Fact]
    public async Task Tags_OfAResponse_AreWhatItCanBeRemovedBy()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", Fresh, "Cache-Tag: red, big"), Ok("2", Fresh, "Cache-Tag: blue"));
        await cache.GetAsync("/red");
        await cache.GetAsync("/blue");
        Assert.Equal(1, await cache.Store.PurgeAsync(CachePurge.ForTag("big"), default));
        cache.Answer(Ok("new", Fresh));
        Assert.Equal(("new", "2"), ((await cache.GetAsync("/red")).Body, (await cache.GetAsync("/blue")).Body));
    }

    [Fact]
    public async Task CacheStatus_WhereItIsWanted_SaysHowItWent()
    {
        // RFC 9211
        await using var cache = new CacheUnderTest(o => o.CacheStatusName = "N");
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "ETag: \"a\"", "Vary: A", "Cache-Status: O; hit"), Ok("2", Fresh, "Vary: A"), NotModified(), Ok("3"), Ok("4"), Ok("5", "Cache-Control: no-store"));
        Assert.Equal(["O; hit", "N; fwd=uri-miss; stored"], StatusesOf(await cache.GetAsync()));
        cache.Pass(10);
        Assert.Equal(["O; hit", "N; hit; ttl=50"], StatusesOf(await cache.GetAsync()));
        Assert.Equal(["N; fwd=vary-miss; stored"], StatusesOf(await cache.GetAsync("/", "A: 1")));
        cache.Pass(51);
        Assert.Equal(["O; hit", "N; fwd=stale; fwd-status=304"], StatusesOf(await cache.GetAsync()));
        Assert.Equal(["N; fwd=request"], StatusesOf(await cache.GetAsync("/", "Cache-Control: no-store")));
        Assert.Equal(["N; fwd=method"], StatusesOf(await cache.SendAsync("POST", "/")));
        Assert.Equal(["N; fwd=uri-miss"], StatusesOf(await cache.GetAsync("/other")));
        Assert.Equal(["N; detail=only-if-cached"], StatusesOf(await cache.GetAsync("/third", "Cache-Control: only-if-cached")));
    }

    [Fact]
    public async Task CacheStatus_OfWhatIsHeldInPart_OrMustBeValidated_SaysWhoseDoingItIs()
    {
        // RFC 9211 §2.2: "partial" is for what is there and not all of it, "request" for what the request does not allow.
        await using var cache = new CacheUnderTest(o => o.CacheStatusName = "N");
        cache.Answer(Status("206 Partial Content", "ab", Fresh, "Content-Range: bytes 0-1/4", "ETag: \"a\""), Status("206 Partial Content", "d", Fresh, "Content-Range: bytes 3-3/4", "ETag: \"a\""), Ok("abcd", Fresh, "ETag: \"b\""));
        await cache.GetAsync("/", "Range: bytes=0-1");
        Assert.Equal(["N; fwd=partial; stored"], StatusesOf(await cache.GetAsync("/", "Range: bytes=3-3")));
        Assert.Equal(["N; fwd=partial; stored"], StatusesOf(await cache.GetAsync()));
        cache.Answer(Ok("1", "Cache-Control: no-cache, max-age=60", "ETag: \"a\""), NotModified());
        await cache.GetAsync("/checked");
        Assert.Equal(["N; fwd=stale; fwd-status=304"], StatusesOf(await cache.GetAsync("/checked")));
    }

    [Fact]
    public async Task Metrics_OfRequests_SayHowTheyWereAnswered()
    {
        await using var cache = new CacheUnderTest();
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name != "net2.cache.requests") return;
            Assert.Equal("{request}", instrument.Unit);
            l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // Other tests have meters of the same name; this one's factory is its own.
            if (instrument.Meter.Scope == cache.MeterScope) seen.Add($"{tags[0].Key}={tags[0].Value}+{value}");
        });
        listener.Start();
        cache.Answer(Ok("1", Fresh, "ETag: \"a\""), NotModified(), Ok("2"));
        await cache.GetAsync();
        await cache.GetAsync();
        cache.Pass(60);
        await cache.GetAsync();
        await cache.SendAsync("POST", "/");
        Assert.Equal(["net2.cache.result=miss+1", "net2.cache.result=hit+1", "net2.cache.result=revalidated+1", "net2.cache.result=pass+1"], seen);
    }

    private static string[] StatusesOf(Seen seen) => [.. seen.Lines.Where(line => line.StartsWith("Cache-Status:", StringComparison.Ordinal)).Select(line => line["Cache-Status: ".Length..])];

    private static async Task<(string Body, string? Length)> BodyAndLength(Task<Seen> response)
    {
        var seen = await response;
        return (seen.Body, seen.Value("Content-Length"));
    }

    private static async Task PassUntilAsync(CacheUnderTest cache, Task task)
    {
        for (var i = 0; i < 5000 && !task.IsCompleted; i++)
        {
            cache.Pass(0.25);
            await Task.WhenAny(task, Task.Delay(1));
        }
    }

    /// <summary>A store that copies, as one on disk or in another process would, with the troubles of one.</summary>
    private sealed class TroubledStore : IResponseCache
    {
        private readonly MemoryResponseCache _inner = new(new MemoryResponseCacheOptions());
        private readonly TaskCompletionSource _resumed = new();
        private int _finds;

        public bool Fails { get; set; }

        public bool IsSlow { get; set; }

        public bool StopsReading { get; set; }

        public int Finds => Volatile.Read(ref _finds);

        public void Resume() => _resumed.TrySetResult();

        public async ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _finds);
            await TroubleAsync(cancellationToken);
            return await _inner.FindAsync(key, cancellationToken);
        }

        public async ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
        {
            await TroubleAsync(cancellationToken);
            if (StopsReading) await _resumed.Task;
            return await _inner.StoreAsync(key, head, body, cancellationToken);
        }

        public async ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken)
        {
            await TroubleAsync(cancellationToken);
            return await _inner.UpdateAsync(key, current, head, cancellationToken);
        }

        public async ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken)
        {
            await TroubleAsync(cancellationToken);
            return await _inner.RemoveAsync(key, cancellationToken);
        }

        public ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken) => _inner.PurgeAsync(purge, cancellationToken);

        private async Task TroubleAsync(CancellationToken cancellationToken)
        {
            if (Fails) throw new InvalidOperationException("The store is out of order.");
            if (IsSlow) await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
