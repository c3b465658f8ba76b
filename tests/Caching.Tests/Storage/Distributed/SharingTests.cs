namespace Net2Secure.Routing.Caching.Tests.Storage.Distributed;

/// <summary>What processes find of what others have stored.</summary>
public sealed class SharingTests
{
    private const string Uri = "http://shop.example/a";

    [Fact]
    public async Task Store_InOneProcess_IsFoundInAnother()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri, "one", "v");
        await b.StoreAsync(Uri, "two", "w");
        Assert.Equal("v:one w:two", await a.FindAsync(Uri));
        Assert.Equal("v:one w:two", await b.FindAsync(Uri));
    }

    [Fact]
    public async Task Store_TooLarge_IsRefusedAndLeavesNothing()
    {
        await using var fleet = new DistributedFleet();
        var a = fleet.Start(o => o.MaxBodyBytes = 1024);
        Assert.True(await a.StoreAsync(Uri, new string('x', 1024)));
        Assert.False(await a.StoreAsync(Uri, new string('x', 1025)));
        Assert.Equal($":{new string('x', 1024)}", await a.FindAsync(Uri));
        Assert.Single(fleet.Values.Names, name => name.Contains(":b:"));
    }

    [Fact]
    public async Task Store_LargerThanAPart_IsKeptInParts()
    {
        await using var fleet = new DistributedFleet();
        var a = fleet.Start(o => o.MaxBodyBytes = 8 * 1024 * 1024);
        var body = string.Create((3 * DistributedBodies.PartBytes) + 5, 0, static (text, _) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + (i % 23));
        });
        await a.StoreAsync(Uri, body);
        var found = Assert.Single(await fleet.Start(o => o.MaxBodyBytes = 8 * 1024 * 1024).Cache.FindAsync(new CacheKey(Uri), default));
        foreach (var (offset, count) in new[] { (0, body.Length), (DistributedBodies.PartBytes - 1, 2), (2 * DistributedBodies.PartBytes, DistributedBodies.PartBytes), (body.Length - 6, 6) })
        {
            await using var part = await found.OpenAsync(offset, count, default);
            Assert.Equal(body.Substring(offset, count), await new StreamReader(part!).ReadToEndAsync());
        }

        fleet.Values[fleet.Values.Names.Single(name => name.Contains(":b:") && name.EndsWith(":2", StringComparison.Ordinal))] = null;
        await using var rest = await found.OpenAsync(0, 10, default);
        Assert.NotNull(rest);
        Assert.Null(await found.OpenAsync(0, body.Length, default));
    }

    [Fact]
    public async Task Open_NoRoomInMemory_IsGoneUntilThereIs()
    {
        await using var fleet = new DistributedFleet();
        var body = new string('x', 1000);
        var a = fleet.Start(o => (o.MaxBodyBytes, o.MaxTransferBytes) = (32 * 1024, 48 * 1024));
        for (var i = 0; i < 100; i++) Assert.True(await a.StoreAsync(Uri, body));
        var found = Assert.Single(await a.Cache.FindAsync(new CacheKey(Uri), default));
        var open = new List<Stream>();
        while (await found.OpenAsync(0, 1000, default) is { } stream) open.Add(stream);
        Assert.Equal(49, open.Count);
        open[0].Dispose();
        await using var again = await found.OpenAsync(0, 1000, default);
        Assert.NotNull(again);
        foreach (var stream in open) stream.Dispose();
    }

    [Fact]
    public async Task Find_AfterItsTime_IsNothing()
    {
        await using var fleet = new DistributedFleet();
        var a = fleet.Start(o => (o.MaxStale, o.MaxLifetime) = (TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10)));
        await a.StoreAsync(Uri + "short", control: "max-age=60");
        await a.StoreAsync(Uri + "stale", control: "max-age=60, stale-if-error=120");
        await a.StoreAsync(Uri + "long", control: "max-age=999999999999");
        fleet.Time.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal(":body", await a.FindAsync(Uri + "short"));
        fleet.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", await a.FindAsync(Uri + "short"));
        Assert.Equal(":body", await a.FindAsync(Uri + "stale"));
        fleet.Time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal("", await a.FindAsync(Uri + "stale"));
        Assert.Equal(":body", await a.FindAsync(Uri + "long"));
        fleet.Time.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal("", await a.FindAsync(Uri + "long"));
    }

    [Fact]
    public async Task Update_AgainAndAgain_KeepsTheBodyAsLongAsItsHead()
    {
        await using var fleet = new DistributedFleet();
        var a = fleet.Start(o => (o.MaxStale, o.MaxLifetime) = (TimeSpan.Zero, TimeSpan.FromMinutes(10)));
        await a.StoreAsync(Uri, control: "max-age=60");
        for (var i = 0; i < 10; i++)
        {
            fleet.Time.Advance(TimeSpan.FromSeconds(50));
            var found = Assert.Single(await a.Cache.FindAsync(new CacheKey(Uri), default));
            var head = found.Head.With(requestTime: fleet.Time.GetUtcNow(), responseTime: fleet.Time.GetUtcNow());
            Assert.NotNull(await a.Cache.UpdateAsync(new CacheKey(Uri), found, head, default));
            Assert.Equal(":body", await fleet.Start().FindAsync(Uri));
        }
    }

    [Fact]
    public async Task Store_TwoProcessesAtOnce_LosesAVariantAtMost()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.FindAsync(Uri);
        await b.FindAsync(Uri);
        var (bothHaveRead, reads) = (new TaskCompletionSource(), 0);
        fleet.Values.Before = async (what, name) =>
        {
            if (what != "set" || !name.Contains(":i:")) return;
            if (Interlocked.Increment(ref reads) == 2) bothHaveRead.SetResult();
            await bothHaveRead.Task.WaitAsync(DistributedFleet.Bound);
        };
        await Task.WhenAll(a.StoreAsync(Uri, "one", "v"), b.StoreAsync(Uri, "two", "w")).WaitAsync(DistributedFleet.Bound);
        fleet.Values.Before = null;
        var found = await a.FindAsync(Uri);
        Assert.True(found is "v:one" or "w:two", found);
    }

    [Fact]
    public async Task Store_SameVariantByTwoProcesses_NeverMixesHeadAndBody()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri, "one");
        var found = Assert.Single(await a.Cache.FindAsync(new CacheKey(Uri), default));
        await b.StoreAsync(Uri, "two!");
        Assert.Null(await found.OpenAsync(0, found.Length, default));
        Assert.Null(await a.Cache.UpdateAsync(new CacheKey(Uri), found, found.Head, default));
        Assert.Equal(":two!", await a.FindAsync(Uri));
    }

    [Fact]
    public async Task Find_ValueOfAnotherKey_IsAMiss()
    {
        await using var fleet = new DistributedFleet();
        var a = fleet.Start();
        await a.StoreAsync(Uri, "one");
        var keys = new DistributedKeys("net2:");
        fleet.Values[keys.Index(new CacheKey(Uri, "part"))] = fleet.Values[keys.Index(new CacheKey(Uri))];
        Assert.Empty(await a.Cache.FindAsync(new CacheKey(Uri, "part"), default));
        Assert.Equal(":one", await a.FindAsync(Uri));
    }

    [Theory]
    [InlineData(":i:")]
    [InlineData(":b:")]
    public async Task Find_ChangedOrCutOff_IsAMissAndIsRemoved(string sort)
    {
        await using var fleet = new DistributedFleet();
        var a = fleet.Start();
        await a.StoreAsync(Uri, "one");
        var name = Assert.Single(fleet.Values.Names, n => n.Contains(sort));
        var sound = fleet.Values[name]!;
        for (var i = 0; i < sound.Length; i++)
        {
            var changed = sound.ToArray();
            changed[i] ^= 0x10;
            foreach (var value in new[] { changed, sound[..i], [.. sound, (byte)0] })
            {
                if (value.Length == 0) continue;
                fleet.Values[name] = value;
                Assert.Equal(sort == ":i:" ? "" : ":gone", await a.FindAsync(Uri));
                Assert.Null(fleet.Values[name]);
            }
        }

        fleet.Values[name] = sound;
        Assert.Equal(":one", await a.FindAsync(Uri));
    }

    [Fact]
    public async Task Find_StoreThatHangs_FailsInTimeAndRecovers()
    {
        await using var fleet = new DistributedFleet();
        var a = fleet.Start();
        await a.StoreAsync(Uri, "one");
        var hanging = new TaskCompletionSource();
        fleet.Values.Before = (_, _) => hanging.Task;
        var finding = a.FindAsync(Uri);
        await fleet.UntilAsync(() => finding.IsCompleted, TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<TimeoutException>(() => finding);
        fleet.Values.Before = null;
        hanging.SetResult();
        Assert.Equal(":one", await a.FindAsync(Uri));
    }

    [Fact]
    public async Task Find_StoreThatHangsForLong_GathersABoundedNumberOfCalls()
    {
        await using var fleet = new DistributedFleet();
        var calls = 0;
        var hanging = new TaskCompletionSource();
        var values = new DistributedValues(fleet.Values, TimeSpan.FromSeconds(2), fleet.Time);
        fleet.Values.Before = (_, _) =>
        {
            Interlocked.Increment(ref calls);
            return hanging.Task;
        };
        var waiting = Enumerable.Range(0, DistributedValues.MaxCalls).Select(_ => values.GetAsync("x", default).AsTask()).ToArray();
        await Assert.ThrowsAsync<IOException>(async () => await values.GetAsync("x", default));
        fleet.Time.Advance(TimeSpan.FromSeconds(2));
        foreach (var call in waiting) await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(DistributedFleet.Bound));
        await Assert.ThrowsAsync<IOException>(async () => await values.GetAsync("x", default));
        Assert.Equal(DistributedValues.MaxCalls, calls);
        fleet.Values.Before = null;
        hanging.SetResult();
        using var found = await values.GetAsync("x", default);
        Assert.False(found.Exists);
    }
}
