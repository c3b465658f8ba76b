namespace Net2Secure.Routing.Caching.Tests.Storage;

/// <summary>Weighs entries by what the collector says. Runs alone: what other tests allocate would be weighed with them.</summary>
[CollectionDefinition(nameof(MemoryWeightTests), DisableParallelization = true)]
[Collection(nameof(MemoryWeightTests))]
public sealed class MemoryWeightTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(5000)]
    [InlineData(100_000)]
    public async Task Bytes_OfManyEntries_AreCountedAboutAsTheyWeigh(int bodyLength)
    {
        // What an entry really takes, by the collector's own account, is no more than it is counted for, and not much less.
        const int Count = 2000;
        var cache = new MemoryResponseCache(new MemoryResponseCacheOptions { MaxBytes = 1L << 30, MaxBodyBytes = 1L << 20 });
        await StoreTypicalAsync(cache, -1, bodyLength);
        var entries = bodyLength > 50_000 ? Count / 10 : Count;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var counted = cache.Bytes;
        for (var i = 0; i < entries; i++) await StoreTypicalAsync(cache, i, bodyLength);
        var real = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)entries;
        var claimed = (cache.Bytes - counted) / (double)entries;
        TestContext.Current.TestOutputHelper?.WriteLine($"body {bodyLength}: {real:F0} bytes in memory, {claimed:F0} counted");
        Assert.InRange(real, claimed * 0.5, claimed * 1.05);
        GC.KeepAlive(cache);
    }

    private static CacheKey KeyOf(int i) => new($"http://shop.example/{i}");

    private static async Task StoreTypicalAsync(MemoryResponseCache cache, int i, int bodyLength)
    {
        var head = new CachedHead
        {
            StatusCode = 200,
            Fields =
            [
                new("Date", Fresh("Tue, 24 Nov 2026 12:00:00 GMT")), new("Content-Type", Fresh("text/html; charset=utf-8")), new("Cache-Control", Fresh("public, max-age=3600")), new("ETag", $"\"{i:x16}\""),
                new("Last-Modified", Fresh("Tue, 24 Nov 2026 11:00:00 GMT")), new("Vary", Fresh("Accept-Encoding")), new("Content-Length", $"{bodyLength}"), new("Server", Fresh("origin/1.0")),
            ],
            SelectingFields = [new(Fresh("accept-encoding"), Fresh("gzip,br"))],
            Variant = Fresh("accept-encoding:gzip,br\n"),
            RequestTime = DateTimeOffset.UnixEpoch,
            ResponseTime = DateTimeOffset.UnixEpoch,
        };
        await cache.StoreAsync(KeyOf(i), head, new MemoryStream(new byte[bodyLength]), default);
        Assert.NotNull(Assert.Single(await cache.FindAsync(KeyOf(i), default)).Head.Policy);
    }

    // Texts off the wire are objects of their own.
    private static string Fresh(string text) => new(text.AsSpan());
}
