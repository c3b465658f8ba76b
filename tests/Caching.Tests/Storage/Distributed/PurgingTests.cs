namespace Net2Secure.Routing.Caching.Tests.Storage.Distributed;

/// <summary>How purges get around, and that nothing comes back behind them.</summary>
public sealed class PurgingTests
{
    private const string Uri = "http://shop.example/a";

    private static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1);

    public static TheoryData<string> Purges => ["uri", "prefix", "tag", "everything"];

    [Theory]
    [MemberData(nameof(Purges))]
    public async Task Purge_InOneProcess_ReachesTheOtherWithinASecond(string sort)
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri, tags: ["red"]);
        await b.StoreAsync("http://other.example/", tags: ["blue"]);
        var purge = Make(sort);
        await b.Cache.PurgeAsync(purge, default);
        Assert.Equal("", await b.FindAsync(Uri));
        await fleet.UntilAsync(() => !a.Heard.IsEmpty, ASecond);
        Assert.Equal([purge], a.Heard);
        Assert.Empty(b.Heard);
        Assert.Equal("", await a.FindAsync(Uri));
        Assert.Equal(sort == "everything" ? "" : ":body", await a.FindAsync("http://other.example/"));
    }

    [Fact]
    public async Task Purge_Softly_PutsInDoubtUntilItIsValidated()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri, tags: ["red"]);
        await b.FindAsync(Uri);
        await a.Cache.PurgeAsync(CachePurge.ForTag("red") with { IsSoft = true }, default);
        await fleet.UntilAsync(() => !b.Heard.IsEmpty, ASecond);
        Assert.Equal(":body?", await b.FindAsync(Uri));
        fleet.Time.Advance(TimeSpan.FromSeconds(3));
        var found = Assert.Single(await b.Cache.FindAsync(new CacheKey(Uri), default));
        await b.Cache.UpdateAsync(new CacheKey(Uri), found, found.Head.With(requestTime: fleet.Time.GetUtcNow(), responseTime: fleet.Time.GetUtcNow()), default);
        Assert.Equal(":body", await a.FindAsync(Uri));
    }

    [Fact]
    public async Task Remove_InOneProcess_ReachesTheMemoryOfTheOther()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri);
        await b.FindAsync(Uri);
        Assert.Equal(1, await a.Cache.RemoveAsync(new CacheKey(Uri), default));
        Assert.Equal("", await b.FindAsync(Uri));
        Assert.Equal(0, await a.Cache.RemoveAsync(new CacheKey("http://shop.example/never"), default));
        await fleet.UntilAsync(() => b.Heard.Count == 2, ASecond);
        Assert.Equal([CachePurge.ForUri(Uri) with { Partition = "" }, CachePurge.ForUri("http://shop.example/never") with { Partition = "" }], b.Heard);
    }

    [Fact]
    public async Task Forget_AKey_IsNoPurge()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri, variant: "v");
        await b.StoreAsync(Uri, variant: "w");
        Assert.Equal(2, await a.Cache.ForgetAsync(new CacheKey(Uri), default));
        Assert.Equal("", await b.FindAsync(Uri));
        await b.StoreAsync(Uri, "again");
        Assert.Equal(":again", await a.FindAsync(Uri));
        fleet.Time.Advance(ASecond);
        await a.Cache.PurgeAsync(CachePurge.ForTag("last"), default);
        await fleet.UntilAsync(() => !b.Heard.IsEmpty, ASecond);
        Assert.Equal([CachePurge.ForTag("last")], b.Heard);
    }

    [Fact]
    public async Task Remove_WhileAnotherProcessRewritesTheIndex_DoesNotComeBack()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri, "old", "v");
        await b.FindAsync(Uri);
        fleet.Time.Advance(TimeSpan.FromSeconds(3));
        var (hasRead, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        fleet.Values.Before = async (what, name) =>
        {
            if (what != "set" || !name.Contains(":i:")) return;
            hasRead.SetResult();
            await go.Task.WaitAsync(DistributedFleet.Bound);
        };
        var storing = b.StoreAsync(Uri, "new", "w");
        await hasRead.Task.WaitAsync(DistributedFleet.Bound);
        fleet.Time.Advance(TimeSpan.FromMilliseconds(10));
        await a.Cache.RemoveAsync(new CacheKey(Uri), default);
        go.SetResult();
        Assert.True(await storing);
        fleet.Values.Before = null;
        Assert.Equal("", await a.FindAsync(Uri));
        Assert.Equal("", await b.FindAsync(Uri));
        fleet.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("", await fleet.Start().FindAsync(Uri));
    }

    [Fact]
    public async Task Purge_OfManyUris_CrowdsOutNoOtherPurge()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri + "/red", tags: ["red"]);
        await a.StoreAsync(Uri);
        await a.Cache.PurgeAsync(CachePurge.ForTag("red"), default);
        for (var i = 0; i < 1000; i++) await a.Cache.PurgeAsync(CachePurge.ForUri($"http://shop.example/{i}"), default);
        await a.Cache.PurgeAsync(CachePurge.ForUri(Uri + "/gone"), default);
        await a.StoreAsync(Uri + "/gone", fleet.Time.GetUtcNow());
        var c = fleet.Start();
        Assert.Equal(("", ":body", ""), (await c.FindAsync(Uri + "/red"), await c.FindAsync(Uri), await c.FindAsync(Uri + "/gone")));
        Assert.Equal(":body", await b.FindAsync(Uri));
    }

    [Fact]
    public async Task Store_AskedForBeforeAPurge_IsNotStoredAfterIt()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.FindAsync(Uri);
        var asked = fleet.Time.GetUtcNow();
        fleet.Time.Advance(TimeSpan.FromSeconds(3));
        await b.Cache.PurgeAsync(CachePurge.ForPrefix("http://shop.example/"), default);
        await fleet.UntilAsync(() => !a.Heard.IsEmpty, ASecond);
        fleet.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(await a.StoreAsync(Uri, asked));
        Assert.Equal("", await b.FindAsync(Uri));
        Assert.True(await a.StoreAsync(Uri, fleet.Time.GetUtcNow()));
        Assert.Equal(":body", await b.FindAsync(Uri));
    }

    [Theory]
    [InlineData(-1.9)]
    [InlineData(1.9)]
    public async Task Purge_ClockThatDiffers_IsStillAfterWhatWasBefore(double ahead)
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start(clockAhead: TimeSpan.FromSeconds(ahead)));
        await a.StoreAsync(Uri);
        await b.Cache.PurgeAsync(CachePurge.ForPrefix("http://"), default);
        await fleet.UntilAsync(() => !a.Heard.IsEmpty, ASecond);
        Assert.Equal(("", ""), (await a.FindAsync(Uri), await b.FindAsync(Uri)));
        // And what comes after it, by more than clocks differ, stays.
        fleet.Time.Advance(TimeSpan.FromSeconds(5));
        await a.StoreAsync(Uri);
        Assert.Equal((":body", ":body"), (await a.FindAsync(Uri), await b.FindAsync(Uri)));
    }

    [Fact]
    public async Task Purge_OwnClock_ConcernsNothingThatComesAfterIt()
    {
        await using var fleet = new DistributedFleet();
        var a = fleet.Start();
        await a.Cache.PurgeAsync(CachePurge.ForEverything(), default);
        fleet.Time.Advance(TimeSpan.FromMilliseconds(1));
        await a.StoreAsync(Uri);
        Assert.Equal(":body", await a.FindAsync(Uri));
    }

    [Fact]
    public async Task Start_AfterAPurge_KnowsIt()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri, tags: ["red"]);
        await a.StoreAsync(Uri + "/blue", tags: ["blue"]);
        await b.Cache.PurgeAsync(CachePurge.ForTag("red"), default);
        await b.StopAsync();
        fleet.Time.Advance(TimeSpan.FromHours(0.5));
        var c = fleet.Start(o => o.MaxStale = TimeSpan.FromHours(1));
        Assert.Equal(("", ":body"), (await c.FindAsync(Uri), await c.FindAsync(Uri + "/blue")));
        Assert.Empty(c.Heard);
    }

    [Fact]
    public async Task Purge_BeforeManyRemovals_StaysKnown()
    {
        await using var fleet = new DistributedFleet();
        var a = fleet.Start();
        await a.StoreAsync(Uri, tags: ["red"]);
        await a.Cache.PurgeAsync(CachePurge.ForTag("red"), default);
        for (var i = 0; i < PolledPurgeChannel.MaxPassing + 1; i++) await a.Cache.RemoveAsync(new CacheKey($"http://shop.example/{i}"), default);
        var b = fleet.Start();
        await b.StoreAsync(Uri + "/other");
        Assert.Equal(("", ":body"), (await b.FindAsync(Uri), await b.FindAsync(Uri + "/other")));
        // One that has missed some of the removals forgets its memory; one that has read them all hears of each.
        for (var i = 0; i < PolledPurgeChannel.MaxPassing + 1; i++) await a.Cache.RemoveAsync(new CacheKey($"http://shop.example/more{i}"), default);
        await fleet.UntilAsync(() => !b.Heard.IsEmpty, ASecond);
        Assert.Contains(CachePurge.ForEverything(), b.Heard);
    }

    [Fact]
    public async Task Purge_StoreThatFails_IsToldWhenItIsBack()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri, tags: ["red"]);
        await a.StoreAsync(Uri + "/b");
        await b.FindAsync(Uri);
        fleet.Values.Before = (_, _) => throw new IOException("down");
        await Assert.ThrowsAsync<IOException>(async () => await a.Cache.PurgeAsync(CachePurge.ForTag("red"), default));
        await Assert.ThrowsAsync<IOException>(async () => await a.Cache.RemoveAsync(new CacheKey(Uri + "/b"), default));
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        fleet.Values.Before = null;
        await fleet.UntilAsync(() => b.Heard.Count == 2, TimeSpan.FromSeconds(2));
        Assert.Equal(("", ""), (await b.FindAsync(Uri), await b.FindAsync(Uri + "/b")));
        Assert.Equal(("", ""), (await a.FindAsync(Uri), await a.FindAsync(Uri + "/b")));
    }

    [Fact]
    public async Task Find_OutOfStep_FindsNothingRatherThanWhatWasPurged()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri);
        await b.FindAsync(Uri);
        await a.Cache.PurgeAsync(CachePurge.ForEverything(), default);
        fleet.Values.Before = (_, name) => name.Contains("processes") ? throw new IOException("down") : Task.CompletedTask;
        fleet.Time.Advance(PolledPurgeChannel.MaxBehind);
        await Assert.ThrowsAsync<IOException>(() => b.FindAsync(Uri));
    }

    [Fact]
    public async Task ProcessList_LostUpdate_IsRepaired()
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.FindAsync(Uri);
        var alone = fleet.Values["net2:processes"];
        await b.FindAsync(Uri);
        fleet.Values["net2:processes"] = alone;
        await fleet.UntilAsync(() => ProcessList.Read(fleet.Values["net2:processes"]!)!.Count == 2, ASecond);
        await b.Cache.PurgeAsync(CachePurge.ForEverything(), default);
        await fleet.UntilAsync(() => !a.Heard.IsEmpty, ASecond);
    }

    [Theory]
    [InlineData("net2:l:")]
    [InlineData("net2:p:")]
    [InlineData("net2:s:")]
    public async Task PublishedPurges_LostByTheStore_CountAsEverything(string sort)
    {
        await using var fleet = new DistributedFleet();
        var (a, b) = (fleet.Start(), fleet.Start());
        await a.StoreAsync(Uri);
        await b.FindAsync(Uri);
        await a.Cache.PurgeAsync(CachePurge.ForTag("blue"), default);
        await a.Cache.RemoveAsync(new CacheKey("http://shop.example/x"), default);
        foreach (var name in fleet.Values.Names.Where(name => name.StartsWith(sort, StringComparison.Ordinal)).ToArray()) fleet.Values[name] = null;
        await fleet.UntilAsync(() => !b.Heard.IsEmpty, ASecond);
        Assert.Contains(CachePurge.ForEverything(), b.Heard);
        var isPassing = sort == "net2:p:";
        Assert.Equal(isPassing ? ":body" : "", await b.FindAsync(Uri));
        var c = fleet.Start();
        Assert.Equal(isPassing ? ":body" : "", await c.FindAsync(Uri));
    }

    [Fact]
    public async Task ProcessList_LostAndNobodyThere_HasEverythingTakenForPurged()
    {
        await using var fleet = new DistributedFleet();
        var a = fleet.Start();
        await a.StoreAsync(Uri);
        await a.StopAsync();
        fleet.Values["net2:processes"] = null;
        fleet.Time.Advance(TimeSpan.FromSeconds(1));
        var b = fleet.Start();
        Assert.Equal("", await b.FindAsync(Uri));
        fleet.Time.Advance(TimeSpan.FromSeconds(1));
        await b.StoreAsync(Uri, "new");
        fleet.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(":new", await b.FindAsync(Uri));
    }

    [Fact]
    public void PublishedPurges_MoreThanAreKept_EndInOneThatPurgesEverything()
    {
        var published = new PublishedPurges(3);
        var start = DateTimeOffset.UnixEpoch;
        for (var i = 1; i <= 5; i++) published.Add(CachePurge.ForTag($"{i}"), start.AddSeconds(i));
        published.Add(CachePurge.ForTag("5"), start.AddSeconds(6));
        var read = PublishedPurges.Read(published.Write().Span)!;
        Assert.Equal(
            [(3, CachePurge.ForEverything(), 3), (4, CachePurge.ForTag("4"), 4), (6, CachePurge.ForTag("5"), 6)],
            read.Records.Select(r => (r.Number, r.Purge, (int)(r.Time - start).TotalSeconds)));
        Assert.Equal([4, 6], read.After(3).Select(r => r.Number));
    }

    [Fact]
    public void KnownPurges_MoreThanAreKept_TakeTheOldestForOneOfEverything()
    {
        var time = new Testing.ManualTimeProvider();
        var (known, id, start) = (new KnownPurges(TimeSpan.FromDays(1), TimeSpan.Zero, time), Guid.NewGuid(), time.GetUtcNow());
        known.Add(id, Enumerable.Range(1, KnownPurges.MaxPurges + 10).Select(i => new PurgeRecord(i, start.AddSeconds(i), CachePurge.ForTag($"{i}"))));
        Assert.Equal(PurgeVerdict.Remove, Judge(11));
        Assert.Equal(PurgeVerdict.Keep, Judge(12));

        PurgeVerdict Judge(int second) => known.Judge(new CacheKey(Uri), new CachedHead { StatusCode = 200, Fields = [], RequestTime = start.AddSeconds(second), ResponseTime = start }, start, id);
    }

    [Fact]
    public async Task Processes_ThatAreSilentAndHavePurgedNothing_AreStruckOffTheList()
    {
        await using var fleet = new DistributedFleet();
        for (var i = 0; i < 5; i++)
        {
            var passing = fleet.Start();
            await passing.FindAsync(Uri);
            await passing.StopAsync();
        }

        var stays = fleet.Start();
        await stays.FindAsync(Uri);
        fleet.Time.Advance(TimeSpan.FromMinutes(11));
        await stays.FindAsync(Uri);
        Assert.Single(ProcessList.Read(fleet.Values["net2:processes"]!)!);
    }

    private static CachePurge Make(string sort) => sort switch
    {
        "uri" => CachePurge.ForUri(Uri),
        "prefix" => CachePurge.ForPrefix("http://shop.example/"),
        "tag" => CachePurge.ForTag("red"),
        _ => CachePurge.ForEverything(),
    };
}
