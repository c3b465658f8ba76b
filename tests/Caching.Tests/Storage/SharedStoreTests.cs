using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Storage;

/// <summary>A store of the application's own that several processes share, behind the one in memory.</summary>
public sealed class SharedStoreTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly CacheKey Key = new("http://shop.example/a");

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SharedStore _store = new();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task PurgeElsewhere_IsOneOfMemoryToo()
    {
        await using var cache = Create();
        await StoreAsync(cache, "x");
        await cache.FlushAsync().WaitAsync(Bound);
        await _store.PurgeAsync(CachePurge.ForUri(Key.Uri), default);
        Assert.Single(await cache.FindAsync(Key, default));

        _store.Announce(CachePurge.ForUri(Key.Uri));

        Assert.Empty(await cache.FindAsync(Key, default));
    }

    [Fact]
    public async Task ResponseThatTheStoreDoesNotWant_TakesTheOldOneOut_AndTellsNobody()
    {
        await using var cache = Create();
        await StoreAsync(cache, "old");
        await cache.FlushAsync().WaitAsync(Bound);
        _store.WantsMore = false;

        await StoreAsync(cache, "new");
        await cache.FlushAsync().WaitAsync(Bound);

        Assert.Equal((1, 0), (_store.Forgotten, _store.Removed));
        Assert.Empty(await _store.FindAsync(Key, default));
    }

    private static async Task StoreAsync(TieredResponseCache cache, string body)
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var head = new CachedHead { StatusCode = 200, Fields = [new("Cache-Control", "max-age=60")], RequestTime = at, ResponseTime = at };
        Assert.True(await cache.StoreAsync(Key, head, new MemoryStream(Encoding.Latin1.GetBytes(body)), default));
    }

    private TieredResponseCache Create() => new(
        new MemoryResponseCache(new MemoryResponseCacheOptions()), new SecondTier(_store, "own", 64L * 1024 * 1024, isShared: true),
        new TieredResponseCacheOptions(), new ManualTimeProvider(), _services.GetRequiredService<IMeterFactory>(), NullLogger.Instance);

    private sealed class SharedStore : IResponseCache, ISharedResponseCache
    {
        private readonly MemoryResponseCache _cache = new(new MemoryResponseCacheOptions());

        public event EventHandler<CachePurgedEventArgs>? Purged;

        public bool WantsMore { get; set; } = true;

        public int Forgotten { get; private set; }

        public int Removed { get; private set; }

        public void Announce(CachePurge purge) => Purged?.Invoke(this, new(purge));

        public ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken) => _cache.FindAsync(key, cancellationToken);

        public async ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken) =>
            WantsMore && await _cache.StoreAsync(key, head, body, cancellationToken);

        public ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken) =>
            _cache.UpdateAsync(key, current, head, cancellationToken);

        public ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken)
        {
            Removed++;
            return _cache.RemoveAsync(key, cancellationToken);
        }

        public ValueTask<int> ForgetAsync(CacheKey key, CancellationToken cancellationToken)
        {
            Forgotten++;
            return _cache.RemoveAsync(key, cancellationToken);
        }

        public ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken) => _cache.PurgeAsync(purge, cancellationToken);
    }
}
