using Net2Secure.Routing.Caching.Tests.Handling;
using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;

namespace Net2Secure.Routing.Caching.Tests.Purging;

/// <summary>What a purge concerns is not served any more: stored, on its way into the store, or in a store that fails.</summary>
public sealed class PurgeTests
{
    private const string Fresh = "Cache-Control: max-age=60";

    public static TheoryData<string> Kinds => ["uri", "prefix", "tag", "everything"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Purge_OfWhatIsStored_AsksTheOriginAgain(string kind)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", Fresh, "Surrogate-Key: x y"), Ok("2", Fresh), Ok("3", Fresh));
        await cache.GetAsync("/a");
        await cache.GetAsync("/b");
        var result = await cache.Engine.Shared.Purger.PurgeAsync(Of(kind, cache), default);
        Assert.Equal(new CachePurgeResult(kind == "everything" ? 2 : 1, IsComplete: true), result);
        Assert.Equal("3", (await cache.GetAsync("/a")).Body);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Purge_WhileTheAnswerArrives_IsNotOvertakenByIt(string kind)
    {
        await using var cache = new CacheUnderTest();
        var (begun, rest) = (new TaskCompletionSource(), new TaskCompletionSource());
        cache.Answer(async (connection, _) =>
        {
            await connection.SendAsync($"HTTP/1.1 200 OK\r\n{Fresh}\r\nCache-Tag: x\r\nContent-Length: 4\r\n\r\nol");
            begun.SetResult();
            await rest.Task;
            await connection.SendAsync("d!");
        }).Answer(Ok("new", Fresh));
        var first = cache.GetAsync("/a");
        await begun.Task.WaitAsync(Bound);
        await cache.Engine.Shared.Purger.PurgeAsync(Of(kind, cache), default);
        rest.SetResult();
        Assert.Equal("old!", (await first.WaitAsync(Bound)).Body);
        Assert.Equal("new", (await cache.GetAsync("/a")).Body);
        Assert.Equal("new", (await cache.GetAsync("/a")).Body);
    }

    [Fact]
    public async Task Purge_Softly_ServesStaleWhileItIsRevalidated()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60, stale-if-error=60", "ETag: \"1\"", "Cache-Tag: x"), Status("503 Service Unavailable", ""), NotModified("ETag: \"1\""));
        await cache.GetAsync("/a");
        await cache.Engine.Shared.Purger.PurgeAsync(CachePurge.ForTag("x") with { IsSoft = true }, default);
        Assert.Equal("1", (await cache.GetAsync("/a")).Body);
        Assert.Equal("1", (await cache.GetAsync("/a")).Body);
        Assert.Equal("1", (await cache.GetAsync("/a")).Body);
        Assert.Equal(["\"1\"", "\"1\""], cache.Requests.Skip(1).Select(r => r.Value("If-None-Match")));
        Assert.Equal(3, cache.Requests.Length);
    }

    [Fact]
    public async Task Purge_SoftlyOfWhatMayBeStale_AnswersAtOnceAndRevalidatesBehind()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60, stale-while-revalidate=60", "ETag: \"1\"", "Cache-Tag: x"), Ok("2", Fresh));
        await cache.GetAsync("/a");
        await cache.Engine.Shared.Purger.PurgeAsync(CachePurge.ForTag("x") with { IsSoft = true }, default);
        Assert.Equal("1", (await cache.GetAsync("/a")).Body);
        await UntilAsync(() => cache.Requests.Length == 2 && cache.Engine.Flights.Count == 0);
        Assert.Equal("2", (await cache.GetAsync("/a")).Body);
        Assert.Equal(2, cache.Requests.Length);
    }

    [Fact]
    public async Task Purge_OfAnotherTagOrUri_ChangesNothing()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", Fresh, "Cache-Tag: x, y"));
        await cache.GetAsync("/a");
        foreach (var purge in (CachePurge[])[CachePurge.ForTag("X"), CachePurge.ForTag("x,"), CachePurge.ForUri(cache.Uri + "A"), CachePurge.ForPrefix(cache.Uri + "a/"), CachePurge.ForEverything() with { Partition = "other" }])
            Assert.Equal(0, (await cache.Engine.Shared.Purger.PurgeAsync(purge, default)).Responses);
        Assert.Equal("1", (await cache.GetAsync("/a")).Body);
    }

    [Fact]
    public async Task Purge_StoreThatFails_LeavesWhatItConcernsUnusedUntilItIsDone()
    {
        var store = new FailingPurges();
        await using var cache = new CacheUnderTest(store: store);
        cache.Answer(Ok("1", Fresh, "Cache-Tag: x"), Ok("2", Fresh), Ok("3", Fresh, "Cache-Tag: x"));
        await cache.GetAsync("/a");
        await cache.GetAsync("/b");
        await UntilAsync(() => store.Entries == 2);
        store.Fails = true;
        cache.Pass(1);
        Assert.False((await cache.Engine.Shared.Purger.PurgeAsync(CachePurge.ForTag("x"), default)).IsComplete);
        cache.Pass(1);
        Assert.Equal("3", (await cache.GetAsync("/a")).Body);
        Assert.Equal("2", (await cache.GetAsync("/b")).Body);
        await UntilAsync(() => cache.Engine.Flights.Count == 0);
        // What came behind the purge is used, though the purge is not carried out yet.
        Assert.Equal("3", (await cache.GetAsync("/a")).Body);
        store.Fails = false;
        await cache.Engine.Shared.Purger.RetryAsync();
        Assert.False(cache.Engine.Shared.Unfinished.Any);
    }

    [Fact]
    public async Task Purge_StoreThatFails_IsTriedAgainByItself()
    {
        var store = new FailingPurges { Fails = true };
        await using var cache = new CacheUnderTest(store: store);
        await cache.Engine.Shared.Purger.PurgeAsync(CachePurge.ForTag("x"), default);
        store.Fails = false;
        cache.Pass(ResponseCachePurger.RetryAfter.TotalSeconds);
        await UntilAsync(() => !cache.Engine.Shared.Unfinished.Any);
        Assert.Equal(2, store.Purges);
    }

    [Fact]
    public void RecentPurges_MoreThanAreKept_ConcernEverything()
    {
        var purges = new RecentPurges();
        for (var i = 0; i < RecentPurges.MaxKept; i++) purges.Add(CachePurge.ForTag("x"));
        Assert.False(purges.HaveConcerned(0, new CacheKey("http://a/"), ["y"]));
        Assert.True(purges.HaveConcerned(0, new CacheKey("http://a/"), null));
        purges.Add(CachePurge.ForTag("x"));
        Assert.True(purges.HaveConcerned(0, new CacheKey("http://a/"), ["y"]));
        Assert.False(purges.HaveConcerned(1, new CacheKey("http://a/"), ["y"]));
    }

    [Fact]
    public void UnfinishedPurges_MoreThanAreKept_BecomeOneOfEverything()
    {
        var purges = new UnfinishedPurges();
        for (var i = 0; i <= UnfinishedPurges.MaxKept; i++) purges.Add(CachePurge.ForTag("x"), DateTimeOffset.UnixEpoch);
        Assert.Equal(CachePurgeKind.Everything, Assert.Single(purges.All).Purge.Kind);
    }

    private static CachePurge Of(string kind, CacheUnderTest cache) => kind switch
    {
        "uri" => CachePurge.ForUri(cache.Uri + "a"),
        "prefix" => CachePurge.ForPrefix(cache.Uri + "a"),
        "tag" => CachePurge.ForTag("x"),
        _ => CachePurge.ForEverything(),
    };

    private sealed class FailingPurges : IResponseCache
    {
        private readonly MemoryResponseCache _inner = new(new MemoryResponseCacheOptions());

        public bool Fails { get; set; }

        public int Purges { get; private set; }

        public long Entries => _inner.Entries;

        public ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken) => _inner.FindAsync(key, cancellationToken);

        public ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken) => _inner.StoreAsync(key, head, body, cancellationToken);

        public ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken) => _inner.UpdateAsync(key, current, head, cancellationToken);

        public ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken) => _inner.RemoveAsync(key, cancellationToken);

        public ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken)
        {
            Purges++;
            return Fails ? throw new IOException("The store is out of order.") : _inner.PurgeAsync(purge, cancellationToken);
        }
    }
}
