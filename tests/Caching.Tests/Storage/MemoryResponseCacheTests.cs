namespace Net2Secure.Routing.Caching.Tests.Storage;

public sealed class MemoryResponseCacheTests : ResponseCacheContract
{
    private const long MaxBytes = 1024 * 1024;

    protected override IResponseCache Create() => new MemoryResponseCache(new MemoryResponseCacheOptions { MaxBytes = 16 * MaxBytes, MaxBodyBytes = 4 * MaxBytes });

    [Fact]
    public async Task Store_MoreThanTheBound_StaysWithinIt()
    {
        var cache = Small();
        for (var i = 0; i < 1000; i++)
        {
            await StoreAsync(cache, KeyOf(i), Head(), new string('x', 4000));
            Assert.InRange(cache.Bytes, 1, MaxBytes);
        }

        Assert.InRange(cache.Entries, 100, 300);
        Assert.Equal(1000 - cache.Entries, cache.Evictions);
    }

    [Fact]
    public async Task Store_BodyBeyondItsBound_IsRefusedAndNothingElseIsLost()
    {
        var cache = Small();
        await StoreAsync(cache, KeyOf(1), Head(), "old");
        Assert.False(await StoreAsync(cache, KeyOf(1), Head(), new string('x', (int)(MaxBytes / 4) + 1)));
        Assert.Equal("old", await ReadAsync(Assert.Single(await cache.FindAsync(KeyOf(1), default))));
        Assert.True(await StoreAsync(cache, KeyOf(1), Head(), new string('x', (int)(MaxBytes / 4))));
    }

    [Fact]
    public async Task Evict_AScanOfThings_LeavesWhatIsUsed()
    {
        var cache = Small();
        for (var i = 0; i < 40; i++) await StoreAsync(cache, KeyOf(i), Head(), new string('x', 4000));
        for (var use = 0; use < 2; use++)
        {
            for (var i = 0; i < 40; i++) await UseAsync(cache, KeyOf(i));
        }

        for (var i = 1000; i < 6000; i++) await StoreAsync(cache, KeyOf(i), Head(), new string('x', 4000));
        var left = 0;
        for (var i = 0; i < 40; i++) left += (await cache.FindAsync(KeyOf(i), default)).Count;
        Assert.Equal(40, left);
    }

    [Fact]
    public async Task Evict_WhatComesBackSoon_IsKeptAtOnce()
    {
        var cache = Small();
        await StoreAsync(cache, KeyOf(0), Head(), new string('x', 4000));
        for (var i = 1000; i < 1400; i++) await StoreAsync(cache, KeyOf(i), Head(), new string('x', 4000));
        Assert.Empty(await cache.FindAsync(KeyOf(0), default));
        await StoreAsync(cache, KeyOf(0), Head(), new string('x', 4000));
        for (var i = 2000; i < 2040; i++) await StoreAsync(cache, KeyOf(i), Head(), new string('x', 4000));
        Assert.Single(await cache.FindAsync(KeyOf(0), default));
    }

    [Fact]
    public async Task Store_MoreVariantsThanTheBound_TheOldestGoes()
    {
        var cache = Small();
        for (var i = 0; i <= MemoryResponseCache.MaxVariants; i++) await StoreAsync(cache, KeyOf(1), Head($"v{i}"), "x");
        var found = await cache.FindAsync(KeyOf(1), default);
        Assert.Equal(MemoryResponseCache.MaxVariants, found.Count);
        Assert.DoesNotContain(found, r => r.Head.Variant == "v0");
    }

    [Fact]
    public async Task Remove_Everything_CountsToNothing()
    {
        var cache = Small();
        for (var i = 0; i < 50; i++) await StoreAsync(cache, KeyOf(i), Head($"{i % 3}", tags: ["t"]), new string('x', i * 100));
        var found = Assert.Single(await cache.FindAsync(KeyOf(7), default));
        await cache.UpdateAsync(KeyOf(7), found, Head(found.Head.Variant, status: 203, tags: ["u"]), default);
        await cache.PurgeAsync(CachePurge.ForTag("t"), default);
        Assert.Equal(1, cache.Entries);
        await cache.RemoveAsync(KeyOf(7), default);
        Assert.Equal((0, 0), (cache.Bytes, cache.Entries));
    }

    [Fact]
    public async Task Find_AHit_AllocatesNothing()
    {
        var cache = Small();
        await StoreAsync(cache, KeyOf(1), Head(), "x");
        var key = KeyOf(1);
        var count = 0;
        for (var i = 0; i < 100; i++) count += Find();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) count += Find();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_100, count);

        int Find()
        {
            var found = cache.FindAsync(key, default);
            return found.IsCompletedSuccessfully ? found.Result.Count : 0;
        }
    }

    [Fact]
    public async Task Store_LargeBodies_MakeNoLargeObjects()
    {
        var cache = Small();
        Assert.True(await StoreAsync(cache, KeyOf(1), Head(), new string('x', 200_000)));
        Assert.True(SegmentPool.SegmentBytes < 85_000);
        var found = Assert.Single(await cache.FindAsync(KeyOf(1), default));
        Assert.Equal(200_000, found.Length);
    }

    private static MemoryResponseCache Small() => new(new MemoryResponseCacheOptions { MaxBytes = MaxBytes, MaxBodyBytes = MaxBytes / 4 });

    private static CacheKey KeyOf(int i) => new($"http://shop.example/{i}");

    private static async Task UseAsync(MemoryResponseCache cache, CacheKey key)
    {
        foreach (var found in await cache.FindAsync(key, default))
        {
            await using var body = await found.OpenAsync(0, found.Length, default);
        }
    }
}
