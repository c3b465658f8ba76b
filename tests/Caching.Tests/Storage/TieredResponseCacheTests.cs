using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Storage;

public sealed class TieredResponseCacheTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly CacheKey Key = new("http://shop.example/a", "part");

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTimeProvider _time = new();
    private readonly BehindUnderTest _behind = new();
    private readonly TieredResponseCacheOptions _options = new();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Find_InMemory_AsksNobodyElseAndAllocatesNothing()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head("v"), "x");
        await cache.FlushAsync().WaitAsync(Bound);
        Assert.Single(await cache.FindAsync(Key, default));
        var finds = _behind.Finds;
        var count = 0;
        for (var i = 0; i < 100; i++) count += Find();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) count += Find();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_100, count);
        Assert.Equal(finds, _behind.Finds);

        int Find()
        {
            var found = cache.FindAsync(Key, default);
            return found.IsCompletedSuccessfully ? found.Result.Count : 0;
        }
    }

    [Fact]
    public async Task Find_NothingAnywhere_AsksBehindOnceForAWhile()
    {
        var cache = Create();
        for (var i = 0; i < 5; i++) Assert.Empty(await cache.FindAsync(Key, default));
        Assert.Equal(1, _behind.Finds);
        await StoreAsync(cache, Key, Head(), "x");
        Assert.Single(await cache.FindAsync(Key, default));
        Assert.Equal(1, _behind.Finds);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(300_000)]
    public async Task Find_OnlyBehind_ComesUpWhenItIsRead(int length)
    {
        await StoreAsync(_behind, Key, Head("a"), new string('a', length));
        await StoreAsync(_behind, Key, Head("b"), new string('b', length));
        var cache = Create();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(["a", "b"], (await cache.FindAsync(Key, default)).Select(r => r.Head.Variant).Order());
            Assert.Equal(new string('b', length), await ReadAsync(cache, "b"));
        }

        Assert.Equal(1, _behind.Finds);
        _behind.IsBroken = true;
        var up = (await cache.FindAsync(Key, default)).Single(r => r.Head.Variant == "b");
        Assert.NotNull(Assert.IsType<MemoryEntry>(up).Body);
        Assert.Null(Assert.IsType<MemoryEntry>((await cache.FindAsync(Key, default)).Single(r => r.Head.Variant == "a")).Body);
    }

    [Fact]
    public async Task Find_OneVariantHasMadeRoom_IsFoundBehind()
    {
        var cache = Create(frontBytes: 64 * 1024);
        await StoreAsync(cache, Key, Head("a"), "first");
        await cache.FlushAsync().WaitAsync(Bound);
        Assert.Single(await cache.FindAsync(Key, default));
        // What is used stays; the other variant and those that crowd in do not.
        await StoreAsync(cache, Key, Head("b"), "second");
        await cache.FlushAsync().WaitAsync(Bound);
        for (var i = 0; i < 200; i++)
        {
            foreach (var found in await cache.FindAsync(Key, default))
            {
                if (found.Head.Variant == "b") found.Touch();
            }

            await StoreAsync(cache, new CacheKey($"http://shop.example/crowd/{i}"), Head(), new string('x', 2000));
            await cache.FlushAsync().WaitAsync(Bound);
        }

        Assert.Equal(["a", "b"], (await cache.FindAsync(Key, default)).Select(r => r.Head.Variant).Order());
        Assert.Equal("first", await ReadAsync(cache, "a"));
    }

    [Fact]
    public async Task Find_HasMadeRoomBeforeItWasWritten_IsFoundAllTheSame()
    {
        var cache = Create(frontBytes: 64 * 1024);
        _behind.Gate = NewSource();
        await StoreAsync(cache, Key, Head(), "body");
        for (var i = 0; i < 200; i++) await StoreAsync(cache, new CacheKey($"http://shop.example/crowd/{i}"), Head(), new string('x', 2000));
        Assert.Equal("body", await ReadAsync(cache, ""));
        _behind.Gate.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Remove_LookedForWhileItIsWritten_IsGoneAfterwards(bool isPurge)
    {
        _options.Timeout = TimeSpan.FromSeconds(20);
        _behind.Gate = NewSource();
        var cache = Create();
        await StoreAsync(cache, Key, Head(), "x");
        await Handling.CacheUnderTest.UntilAsync(() => _behind.Stores == 1);
        var removing = isPurge ? cache.PurgeAsync(CachePurge.ForUri(Key.Uri), default).AsTask() : cache.RemoveAsync(Key, default).AsTask().ContinueWith(static removed => (long)removed.Result, TaskScheduler.Default);
        // Not removed yet: that it is still found is no mistake.
        await cache.FindAsync(Key, default);
        Assert.False(removing.IsCompleted);
        _behind.Gate.SetResult();
        await removing.WaitAsync(Bound);
        Assert.Empty(await cache.FindAsync(Key, default));
    }

    [Fact]
    public async Task Remove_WhileItIsWritten_DoesNotComeBack()
    {
        _options.Timeout = TimeSpan.FromSeconds(20);
        var cache = Create();
        _behind.Gate = NewSource();
        await StoreAsync(cache, Key, Head(), "old");
        await Handling.CacheUnderTest.UntilAsync(() => _behind.Stores == 1);
        var removing = cache.RemoveAsync(Key, default).AsTask();
        Assert.False(removing.IsCompleted);
        _behind.Gate.SetResult();
        await removing.WaitAsync(Bound);
        Assert.Empty(await cache.FindAsync(Key, default));
        await cache.FlushAsync().WaitAsync(Bound);
        Assert.Empty(await _behind.FindAsync(Key, default));
        Assert.Empty(await Create().FindAsync(Key, default));
    }

    [Fact]
    public async Task Remove_TakesLongerThanARequestWaits_DoesNotTakeTheTierAway()
    {
        await StoreAsync(_behind, Key, Head(), "old");
        await StoreAsync(_behind, new CacheKey("http://shop.example/other"), Head(), "other");
        var cache = Create();
        _behind.RemoveGate = NewSource();
        var removing = cache.RemoveAsync(Key, default).AsTask();
        _time.Advance(2 * _options.Timeout);
        Assert.False(removing.IsCompleted);
        Assert.Equal("other", await ReadAsync(cache, "", new CacheKey("http://shop.example/other")));
        _behind.RemoveGate.SetResult();
        Assert.Equal(1, await removing.WaitAsync(Bound));
        Assert.Empty(await cache.FindAsync(Key, default));
        Assert.Equal(2, _behind.Finds);
    }

    [Fact]
    public async Task FindNow_OnlyWhatIsAllThereInMemory_IsFound()
    {
        await StoreAsync(_behind, Key, Head("a"), "first");
        await StoreAsync(_behind, Key, Head("b"), "second");
        var cache = Create();
        Assert.Empty(cache.FindNow(Key));
        await ReadAsync(cache, "a");
        Assert.Empty(cache.FindNow(Key));
        await ReadAsync(cache, "b");
        Assert.Equal(2, cache.FindNow(Key).Count);
        await cache.RemoveAsync(Key, default);
        Assert.Empty(cache.FindNow(Key));
    }

    [Fact]
    public async Task Remove_WriteThatDoesNotEnd_IsNotFoundAndRemovedInTheEnd()
    {
        var cache = Create();
        _behind.Gate = NewSource();
        await StoreAsync(cache, Key, Head(), "old");
        await Handling.CacheUnderTest.UntilAsync(() => _behind.Stores == 1);
        var removing = cache.RemoveAsync(Key, default).AsTask();
        while (!removing.IsCompleted)
        {
            _time.Advance(_options.Timeout);
            await Task.Yield();
        }

        await removing;
        Assert.Empty(await cache.FindAsync(Key, default));
        _behind.Gate.SetResult();
        await cache.FlushAsync().WaitAsync(Bound);
        Assert.Empty(await _behind.FindAsync(Key, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Purge_StillWaitingToBeWritten_ReachesIt(bool isSoft)
    {
        _options.Writers = 1;
        _options.Timeout = TimeSpan.FromSeconds(20);
        var cache = Create();
        await StoreAsync(_behind, Key, Head(tags: ["older"]), "older");
        _behind.Gate = NewSource();
        await StoreAsync(cache, new CacheKey("http://shop.example/first"), Head(), "x");
        await StoreAsync(cache, Key, Head(tags: ["t"]), "newer");
        await cache.PurgeAsync(CachePurge.ForTag("t") with { IsSoft = isSoft }, default).AsTask().WaitAsync(Bound);
        _behind.Gate.SetResult();
        await cache.FlushAsync().WaitAsync(Bound);
        foreach (var opened in new[] { cache, Create() })
        {
            var found = await opened.FindAsync(Key, default);
            if (!isSoft) Assert.Empty(found);
            else Assert.True(Assert.Single(found).Head.IsDoubted);
        }
    }

    [Fact]
    public async Task Remove_WhileItComesUp_DoesNotComeUp()
    {
        _options.Timeout = TimeSpan.FromSeconds(20);
        await StoreAsync(_behind, Key, Head(), "old");
        var cache = Create();
        _behind.FindGate = NewSource();
        var finding = cache.FindAsync(Key, default).AsTask();
        await cache.RemoveAsync(Key, default);
        _behind.FindGate.SetResult();
        await finding.WaitAsync(Bound);
        Assert.Empty(await cache.FindAsync(Key, default));
    }

    [Fact]
    public async Task Store_NoRoomInTheLine_IsDroppedAndCountedAndNothingOlderIsLeftBehind()
    {
        _options.MaxQueuedBytes = 64 * 1024;
        _options.Writers = 1;
        var cache = Create();
        await StoreAsync(cache, Key, Head(), "older");
        await cache.FlushAsync().WaitAsync(Bound);
        _behind.Gate = NewSource();
        for (var i = 0; i < 10; i++) await StoreAsync(cache, new CacheKey($"http://shop.example/{i}"), Head(), new string('x', 20_000));
        await StoreAsync(cache, Key, Head(), new string('n', 20_000));
        Assert.Equal(8, cache.Writes.Dropped);
        Assert.InRange(cache.Writes.Bytes, 1, _options.MaxQueuedBytes);
        Assert.Equal(new string('n', 20_000), await ReadAsync(cache, ""));
        _behind.Gate.SetResult();
        await cache.FlushAsync().WaitAsync(Bound);
        Assert.Equal(0, cache.Writes.Bytes);
        Assert.Empty(await _behind.FindAsync(Key, default));
        Assert.Single(await _behind.FindAsync(new CacheKey("http://shop.example/1"), default));
    }

    [Fact]
    public async Task Update_InMemory_ReachesWhatIsBehindWithoutItsBody()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head(), "body");
        await cache.FlushAsync().WaitAsync(Bound);
        var current = Assert.Single(await cache.FindAsync(Key, default));
        Assert.NotNull(await cache.UpdateAsync(Key, current, Head(status: 203), default));
        await cache.FlushAsync().WaitAsync(Bound);
        Assert.Equal((1, 1), (_behind.Stores, _behind.Updates));
        Assert.Equal(203, Assert.Single(await Create().FindAsync(Key, default)).Head.StatusCode);
    }

    [Fact]
    public async Task Behind_Fails_MemoryGoesOnAndWhatWasNotRemovedIsNotFound()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head(), "body");
        await StoreAsync(cache, new CacheKey("http://shop.example/other"), Head(), "other");
        await cache.FlushAsync().WaitAsync(Bound);
        _behind.IsBroken = true;
        await cache.RemoveAsync(Key, default);
        for (var i = 0; i < 10; i++) Assert.Empty(await cache.FindAsync(Key, default));
        Assert.Equal("other", await ReadAsync(cache, "", new CacheKey("http://shop.example/other")));
        await StoreAsync(cache, new CacheKey("http://shop.example/new"), Head(), "new");
        await cache.FlushAsync().WaitAsync(Bound);
        Assert.Equal("new", await ReadAsync(cache, "", new CacheKey("http://shop.example/new")));
        _behind.IsBroken = false;
        Assert.Single(await _behind.FindAsync(Key, default));
        Assert.Empty(await cache.FindAsync(Key, default));
        using var patience = new CancellationTokenSource(Bound);
        while ((await _behind.FindAsync(Key, default)).Count > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            _time.Advance(TierAccess.Pause);
            await Task.Yield();
        }

        Assert.Empty(await cache.FindAsync(Key, default));
    }

    [Fact]
    public async Task Store_WhileTheTierIsAway_LeavesWhatItHas()
    {
        // As when a process takes over from another that still has the folder.
        for (var i = 0; i < 10; i++) await StoreAsync(_behind, new CacheKey($"http://shop.example/there/{i}"), Head(), "kept");
        var cache = Create();
        _behind.IsBroken = true;
        for (var i = 0; i < TierAccess.MaxPurges + 50; i++)
        {
            var key = new CacheKey($"http://shop.example/{i}");
            Assert.Empty(await cache.FindAsync(key, default));
            await StoreAsync(cache, key, Head(), "x");
        }

        await cache.FlushAsync().WaitAsync(Bound);
        _behind.IsBroken = false;
        _time.Advance(TierAccess.Pause);
        for (var i = 0; i < 10; i++) Assert.Equal("kept", await ReadAsync(cache, "", new CacheKey($"http://shop.example/there/{i}")));
    }

    [Fact]
    public async Task Behind_DoesNotAnswer_IsWaitedForABoundedTime()
    {
        var cache = Create();
        _behind.FindGate = NewSource();
        for (var i = 0; i < TierAccess.MaxFailures; i++)
        {
            var finding = cache.FindAsync(Key, default).AsTask();
            Assert.False(finding.IsCompleted);
            _time.Advance(_options.Timeout);
            Assert.Empty(await finding.WaitAsync(Bound));
        }

        var finds = _behind.Finds;
        Assert.Empty(await cache.FindAsync(Key, default));
        Assert.Equal(finds, _behind.Finds);
        _behind.FindGate.SetResult();
    }

    [Fact]
    public async Task Find_SharedTierThatOthersWriteTo_IsLookedIntoAgainAfterAWhile()
    {
        var cache = Create(isShared: true);
        await StoreAsync(cache, Key, Head("a"), "ours");
        await cache.FlushAsync().WaitAsync(Bound);
        Assert.Single(await cache.FindAsync(Key, default));
        await StoreAsync(_behind, Key, Head("b"), "theirs");
        Assert.Single(await cache.FindAsync(Key, default));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("theirs", await ReadAsync(cache, "b"));
        Assert.Equal("ours", await ReadAsync(cache, "a"));
    }

    [Fact]
    public async Task Dispose_WritesThatWait_AreWritten()
    {
        var cache = Create();
        for (var i = 0; i < 20; i++) await StoreAsync(cache, new CacheKey($"http://shop.example/{i}"), Head(), "x");
        await cache.DisposeAsync().AsTask().WaitAsync(Bound);
        Assert.Equal(20, _behind.Stores);
    }

    [Fact]
    public async Task Metrics_OfTwoTiers_TellThemApart()
    {
        var measured = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>()) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (measured) measured.Add($"{instrument.Name} {instrument.Unit} {string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}: {value}");
        });
        listener.Start();
        using var disk = new DiskUnderTest();
        var cache = Create(behind: disk.Open());
        Assert.Empty(await cache.FindAsync(Key, default));
        await StoreAsync(cache, Key, Head(), "x");
        Assert.Single(await cache.FindAsync(Key, default));
        await cache.FlushAsync().WaitAsync(Bound);
        listener.RecordObservableInstruments();
        lock (measured)
        {
            foreach (var expected in (string[])
            [
                "net2.cache.tier.lookups {lookup} net2.cache.tier=memory net2.cache.tier.result=miss: 1", "net2.cache.tier.lookups {lookup} net2.cache.tier=other net2.cache.tier.result=miss: 1",
                "net2.cache.tier.lookups {lookup} net2.cache.tier=memory net2.cache.tier.result=hit: 1", "net2.cache.entries {response} net2.cache.tier=memory: 1", "net2.cache.entries {response} net2.cache.tier=other: 1",
                "net2.cache.size By net2.cache.tier=other: 4096", "net2.cache.evictions {response} net2.cache.tier=memory: 0", "net2.cache.tier.dropped_writes {response} net2.cache.tier=other: 0",
            ]) Assert.Contains(expected, measured);
        }
    }

    [Fact]
    public async Task AddNet2DiskResponseCache_BeforeOrAfterAClient_IsTheSecondTierOfTheStore()
    {
        using var folder = new TemporaryFolder();
        foreach (var isFirst in new[] { true, false })
        {
            var services = new ServiceCollection();
            if (isFirst) services.AddNet2DiskResponseCache(o => o.Path = Path.Combine(folder.Path, "cache")).AddNet2DiskResponseCache();
            services.AddHttpClient("shop").AddNet2Caching();
            if (!isFirst) services.AddNet2DiskResponseCache(o => o.Path = Path.Combine(folder.Path, "cache"));
            await using var provider = services.BuildServiceProvider();
            var cache = Assert.IsType<TieredResponseCache>(provider.GetRequiredService<IResponseCache>());
            if (isFirst) await StoreAsync(cache, Key, Head(), "kept");
            else Assert.Equal("kept", await ReadAsync(cache, ""));
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CachedHead Head(string variant = "", int status = 200, string[]? tags = null) => new()
    {
        StatusCode = status, Fields = [new("Cache-Control", "max-age=60")], Variant = variant, RequestTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), ResponseTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Tags = tags ?? [],
    };

    private static async Task<bool> StoreAsync(IResponseCache cache, CacheKey key, CachedHead head, string body) =>
        await cache.StoreAsync(key, head, new MemoryStream(Encoding.Latin1.GetBytes(body)), default);

    private static async Task<string> ReadAsync(TieredResponseCache cache, string variant, CacheKey? key = null)
    {
        var found = (await cache.FindAsync(key ?? Key, default)).Single(r => r.Head.Variant == variant);
        await using var body = await found.OpenAsync(0, found.Length, default);
        Assert.NotNull(body);
        return await new StreamReader(body, Encoding.Latin1).ReadToEndAsync();
    }

    private TieredResponseCache Create(long frontBytes = 16 * 1024 * 1024, bool isShared = false, IResponseCache? behind = null) => new(
        new MemoryResponseCache(new MemoryResponseCacheOptions { MaxBytes = frontBytes, MaxBodyBytes = frontBytes / 4 }), new SecondTier(behind ?? _behind, "other", 64L * 1024 * 1024, isShared),
        _options, _time, _services.GetRequiredService<IMeterFactory>(), NullLogger.Instance);
}
