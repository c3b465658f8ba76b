using System.Text;

namespace Net2Secure.Routing.Caching.Tests.Storage;

/// <summary>What every store has to keep. Inherit it, return your store from <see cref="Create"/>, and the tests are yours.</summary>
/// <remarks>Uses public API only, so that it can be copied beside any store.</remarks>
public abstract class ResponseCacheContract
{
    private static readonly CacheKey Key = new("http://shop.example/a?b", "part");

    /// <summary>A new, empty store with room for a few megabytes.</summary>
    protected abstract IResponseCache Create();

    [Fact]
    public async Task Find_NothingStored_IsEmpty() => Assert.Empty(await Create().FindAsync(Key, default));

    [Fact]
    public async Task Store_AResponse_IsFoundAsItWas()
    {
        var cache = Create();
        var head = new CachedHead
        {
            StatusCode = 299,
            ReasonPhrase = "Odd",
            Fields = [new("X-B", "2"), new("x-b", "\u00fc"), new("Cache-Control", "max-age=99999999999")],
            SelectingFields = [new("a", null), new("b", "")],
            Variant = "v",
            RequestTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            ResponseTime = new DateTimeOffset(2026, 1, 1, 0, 0, 1, TimeSpan.Zero),
            Tags = ["t"],
            IsDoubted = true,
            AssumedLifetime = TimeSpan.FromSeconds(7),
        };
        Assert.True(await StoreAsync(cache, Key, head, "body"));
        var found = Assert.Single(await cache.FindAsync(Key, default));
        Assert.Equal(4, found.Length);
        Assert.Equal("body", await ReadAsync(found));
        Assert.Equal((head.StatusCode, head.ReasonPhrase, head.Variant, head.IsDoubted), (found.Head.StatusCode, found.Head.ReasonPhrase, found.Head.Variant, found.Head.IsDoubted));
        Assert.Equal((head.RequestTime, head.ResponseTime, head.AssumedLifetime), (found.Head.RequestTime, found.Head.ResponseTime, found.Head.AssumedLifetime));
        Assert.Equal(head.Fields, found.Head.Fields);
        Assert.Equal(head.SelectingFields, found.Head.SelectingFields);
        Assert.Equal(head.Tags, found.Head.Tags);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32 * 1024)]
    [InlineData((32 * 1024) + 1)]
    [InlineData(1_000_000)]
    public async Task Open_AnyPart_IsExactlyThatPart(int length)
    {
        var cache = Create();
        var body = string.Create(length, 0, static (text, _) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + (i % 23));
        });
        Assert.True(await StoreAsync(cache, Key, Head(), body));
        var found = Assert.Single(await cache.FindAsync(Key, default));
        foreach (var (offset, count) in new[] { (0, length), (length / 3, length / 3), (length, 0), (length / 2, length - (length / 2)), (0, Math.Min(1, length)) })
            Assert.Equal(body.Substring(offset, count), await ReadAsync(found, offset, count));
    }

    [Fact]
    public async Task Store_SameVariant_ReplacesAndOthersStay()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head("a"), "1");
        await StoreAsync(cache, Key, Head("b"), "2");
        await StoreAsync(cache, Key, Head("a"), "3");
        Assert.Equal(["a:3", "b:2"], await ShownAsync(cache, Key));
    }

    [Fact]
    public async Task Store_OtherKeyOrPartition_IsAnotherPlace()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head(), "1");
        await StoreAsync(cache, Key with { Partition = "other" }, Head(), "2");
        await StoreAsync(cache, Key with { Uri = "http://shop.example/A?b" }, Head(), "3");
        Assert.Equal([":1"], await ShownAsync(cache, Key));
        await cache.RemoveAsync(Key, default);
        Assert.Equal([":2"], await ShownAsync(cache, Key with { Partition = "other" }));
    }

    [Fact]
    public async Task Store_BodyThatFails_IsNotStoredAndTheOldOneStays()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head(), "old");
        await Assert.ThrowsAnyAsync<Exception>(async () => await cache.StoreAsync(Key, Head(), new FailingStream(Encoding.Latin1.GetBytes("half")), default));
        Assert.Equal([":old"], await ShownAsync(cache, Key));
    }

    [Fact]
    public async Task Store_BodyThatStillArrives_IsFoundOnlyWhenItIsWhole()
    {
        var cache = Create();
        var pipe = new System.IO.Pipelines.Pipe();
        var storing = cache.StoreAsync(Key, Head(), pipe.Reader.AsStream(), default).AsTask();
        await pipe.Writer.WriteAsync(Encoding.Latin1.GetBytes("first-"));
        Assert.Empty(await cache.FindAsync(Key, default));
        await pipe.Writer.WriteAsync(Encoding.Latin1.GetBytes("rest"));
        await pipe.Writer.CompleteAsync();
        Assert.True(await storing.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal([":first-rest"], await ShownAsync(cache, Key));
    }

    [Fact]
    public async Task Store_Cancelled_IsNotStored()
    {
        var cache = Create();
        using var cancelled = new CancellationTokenSource();
        var pipe = new System.IO.Pipelines.Pipe();
        var storing = cache.StoreAsync(Key, Head(), pipe.Reader.AsStream(), cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => storing.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Empty(await cache.FindAsync(Key, default));
    }

    [Fact]
    public async Task Update_TheOneThatIsStored_KeepsTheBody()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head("a"), "1");
        await StoreAsync(cache, Key, Head("b"), "2");
        var current = (await cache.FindAsync(Key, default)).Single(r => r.Head.Variant == "a");
        var updated = await cache.UpdateAsync(Key, current, Head("a", status: 203), default);
        Assert.Equal(203, updated?.Head.StatusCode);
        Assert.Equal("1", await ReadAsync(updated!));
        Assert.Equal(["a:1", "b:2"], await ShownAsync(cache, Key));
        Assert.Equal(203, (await cache.FindAsync(Key, default)).Single(r => r.Head.Variant == "a").Head.StatusCode);
    }

    [Fact]
    public async Task Update_OneThatIsNotStoredAnyMore_ChangesNothing()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head(), "1");
        var old = Assert.Single(await cache.FindAsync(Key, default));
        await StoreAsync(cache, Key, Head(), "2");
        Assert.Null(await cache.UpdateAsync(Key, old, Head(status: 203), default));
        await cache.RemoveAsync(Key, default);
        Assert.Null(await cache.UpdateAsync(Key, old, Head(status: 203), default));
        Assert.Empty(await cache.FindAsync(Key, default));
    }

    [Fact]
    public async Task Remove_AKey_RemovesAllVariants()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head("a"), "1");
        await StoreAsync(cache, Key, Head("b"), "2");
        Assert.Equal(2, await cache.RemoveAsync(Key, default));
        Assert.Empty(await cache.FindAsync(Key, default));
        Assert.Equal(0, await cache.RemoveAsync(Key, default));
    }

    [Fact]
    public async Task Purge_ByTag_RemovesWhatHasIt()
    {
        var cache = Create();
        var other = Key with { Uri = "http://shop.example/other" };
        await StoreAsync(cache, Key, Head("a", tags: ["red", "big"]), "1");
        await StoreAsync(cache, Key, Head("b", tags: ["blue"]), "2");
        await StoreAsync(cache, other, Head(tags: ["red"]), "3");
        await cache.PurgeAsync(CachePurge.ForTag("RED"), default);
        Assert.Single(await cache.FindAsync(other, default));
        await cache.PurgeAsync(CachePurge.ForTag("red"), default);
        Assert.Equal(["b:2"], await ShownAsync(cache, Key));
        Assert.Empty(await cache.FindAsync(other, default));
    }

    [Theory]
    [InlineData("http://shop.example/a/", "http://shop.example/a/1", "http://shop.example/a/2?q")]
    [InlineData("http://shop.example/a/2", "http://shop.example/a/2?q")]
    [InlineData("http://shop.example/A")]
    [InlineData("http://", "http://shop.example/a/1", "http://shop.example/a/2?q", "http://shop.example/b")]
    public async Task Purge_ByPrefix_RemovesWhatBeginsWithIt(string prefix, params string[] gone)
    {
        var cache = Create();
        string[] uris = ["http://shop.example/a/1", "http://shop.example/a/2?q", "http://shop.example/b"];
        foreach (var uri in uris) await StoreAsync(cache, new CacheKey(uri), Head(), "1");
        await cache.PurgeAsync(CachePurge.ForPrefix(prefix), default);
        foreach (var uri in uris) Assert.Equal(!gone.Contains(uri), (await cache.FindAsync(new CacheKey(uri), default)).Count > 0);
    }

    [Fact]
    public async Task Purge_ByUri_RemovesItInEveryPartitionOrTheOneNamed()
    {
        var cache = Create();
        CacheKey[] keys = [new("http://shop.example/a", "one"), new("http://shop.example/a", "two"), new("http://shop.example/a?q", "one")];
        foreach (var key in keys)
        {
            await StoreAsync(cache, key, Head("a"), "1");
            await StoreAsync(cache, key, Head("b"), "2");
        }

        await cache.PurgeAsync(CachePurge.ForUri("http://shop.example/a") with { Partition = "one" }, default);
        Assert.Empty(await cache.FindAsync(keys[0], default));
        Assert.Equal(2, (await cache.FindAsync(keys[1], default)).Count);
        await cache.PurgeAsync(CachePurge.ForUri("http://shop.example/a"), default);
        Assert.Empty(await cache.FindAsync(keys[1], default));
        Assert.Equal(2, (await cache.FindAsync(keys[2], default)).Count);
        await cache.PurgeAsync(CachePurge.ForEverything(), default);
        Assert.Empty(await cache.FindAsync(keys[2], default));
    }

    [Fact]
    public async Task Purge_Softly_KeepsItInDoubt()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head("a", tags: ["red"]), "1");
        await StoreAsync(cache, Key, Head("b"), "2");
        await cache.PurgeAsync(CachePurge.ForTag("red") with { IsSoft = true }, default);
        await cache.PurgeAsync(CachePurge.ForTag("red") with { IsSoft = true }, default);
        var found = await cache.FindAsync(Key, default);
        Assert.Equal(["a:1", "b:2"], (await ShownAsync(cache, Key)).Order());
        Assert.Equal(["a"], found.Where(r => r.Head.IsDoubted).Select(r => r.Head.Variant));
        await cache.PurgeAsync(CachePurge.ForTag("red"), default);
        Assert.Equal(["b:2"], await ShownAsync(cache, Key));
    }

    [Fact]
    public async Task Open_RemovedMeanwhile_IsTheBodyOrNothing()
    {
        var cache = Create();
        await StoreAsync(cache, Key, Head(), "body");
        var found = Assert.Single(await cache.FindAsync(Key, default));
        await using var open = await found.OpenAsync(0, 4, default);
        await cache.RemoveAsync(Key, default);
        using var reader = new StreamReader(open!);
        Assert.Equal("body", await reader.ReadToEndAsync());
        var late = await found.OpenAsync(0, 4, default);
        if (late is not null) Assert.Equal("body", await new StreamReader(late).ReadToEndAsync());
    }

    [Fact]
    public async Task EverythingAtOnce_FromManyThreads_NeverMixesBodies()
    {
        var cache = Create();
        var tasks = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 300; i++)
            {
                var n = random.Next(5);
                var key = new CacheKey($"http://shop.example/{n}");
                switch (random.Next(4))
                {
                    case 0:
                        await StoreAsync(cache, key, Head(), new string((char)('a' + n), random.Next(1, 100_000)));
                        break;
                    case 1:
                        await cache.RemoveAsync(key, default);
                        break;
                    default:
                        foreach (var found in await cache.FindAsync(key, default))
                        {
                            await using var body = await found.OpenAsync(0, found.Length, default);
                            if (body is null) continue;
                            var text = await new StreamReader(body, Encoding.Latin1).ReadToEndAsync();
                            if (text.Length != found.Length || text.AsSpan().ContainsAnyExcept((char)('a' + n))) return false;
                        }

                        break;
                }
            }

            return true;
        }));
        Assert.All(await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromSeconds(60)), Assert.True);
    }

    /// <summary>A head that says little.</summary>
    protected static CachedHead Head(string variant = "", int status = 200, string[]? tags = null) => new()
    {
        StatusCode = status,
        Fields = [new("Cache-Control", "max-age=60")],
        Variant = variant,
        RequestTime = DateTimeOffset.UnixEpoch,
        ResponseTime = DateTimeOffset.UnixEpoch,
        Tags = tags ?? [],
    };

    protected static async Task<bool> StoreAsync(IResponseCache cache, CacheKey key, CachedHead head, string body) =>
        await cache.StoreAsync(key, head, new MemoryStream(Encoding.Latin1.GetBytes(body)), default);

    protected static Task<string> ReadAsync(CachedResponse response) => ReadAsync(response, 0, response.Length);

    private static async Task<string> ReadAsync(CachedResponse response, long offset, long count)
    {
        await using var body = await response.OpenAsync(offset, count, default);
        Assert.NotNull(body);
        return await new StreamReader(body, Encoding.Latin1).ReadToEndAsync();
    }

    private static async Task<string[]> ShownAsync(IResponseCache cache, CacheKey key)
    {
        var shown = new List<string>();
        foreach (var found in await cache.FindAsync(key, default)) shown.Add($"{found.Head.Variant}:{await ReadAsync(found)}");
        return [.. shown.Order(StringComparer.Ordinal)];
    }

    private sealed class FailingStream(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length ? base.ReadAsync(buffer, cancellationToken) : throw new IOException("The rest does not come.");

        public override int Read(Span<byte> buffer) => Position < Length ? base.Read(buffer) : throw new IOException("The rest does not come.");

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => throw new IOException("The rest does not come.");
    }
}
