using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Storage;

public sealed class DiskResponseCacheTests : ResponseCacheContract, IDisposable
{
    private static readonly CacheKey Key = new("http://shop.example/a", "part");

    private readonly DiskUnderTest _disk = new();

    public void Dispose() => _disk.Dispose();

    protected override IResponseCache Create() => _disk.Open();

    [Fact]
    public async Task Find_AfterReopening_IsThereAsItWas()
    {
        _disk.Options.FlushToDisk = true;
        var cache = _disk.Open();
        for (var i = 0; i < 20; i++) await StoreAsync(cache, KeyOf(i), Head($"v{i % 2}", tags: [$"t{i}"]), $"body {i}");
        var found = Assert.Single(await cache.FindAsync(KeyOf(3), default));
        await cache.UpdateAsync(KeyOf(3), found, Head("v1", status: 203, tags: ["new"]), default);
        await cache.RemoveAsync(KeyOf(4), default);
        cache = _disk.Open();
        for (var i = 0; i < 20; i++)
        {
            var again = await cache.FindAsync(KeyOf(i), default);
            if (i == 4) Assert.Empty(again);
            else Assert.Equal(($"body {i}", $"v{i % 2}", i == 3 ? 203 : 200), (await ReadAsync(Assert.Single(again)), again[0].Head.Variant, again[0].Head.StatusCode));
        }

        await cache.Scanned.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(19, cache.Entries);
        await cache.PurgeAsync(CachePurge.ForTag("new"), default);
        Assert.Empty(await cache.FindAsync(KeyOf(3), default));
    }

    [Fact]
    public async Task Find_WhatIsNotStored_DoesNotAskTheDisk()
    {
        var files = new DiskUnderTest.BreakingFiles();
        var cache = _disk.Open(files);
        await StoreAsync(cache, Key, Head(), "x");
        await cache.Scanned.WaitAsync(TimeSpan.FromSeconds(30));
        var find = cache.FindAsync(KeyOf(1), default);
        Assert.True(find.IsCompletedSuccessfully);
        Assert.Empty(await find);
        Assert.Equal(0, files.Opened);
    }

    [Fact]
    public async Task Find_TornAtAnyLength_IsAMissAndTheFileIsRemoved()
    {
        var cache = _disk.Open();
        await StoreAsync(cache, Key, Head(), "the body");
        var length = new FileInfo(Assert.Single(_disk.Files())).Length;
        Assert.InRange(length, 200, 2000);
        for (var torn = 0; torn < length; torn++)
        {
            var file = Assert.Single(_disk.Files());
            await using (var stream = File.OpenWrite(file)) stream.SetLength(torn);
            Assert.Empty(await cache.FindAsync(Key, default));
            Assert.Empty(_disk.Files());
            await StoreAsync(cache, Key, Head(), "the body");
        }

        Assert.Equal("the body", await ReadAsync(Assert.Single(await cache.FindAsync(Key, default))));
    }

    [Fact]
    public async Task Find_AnyByteChanged_IsTheResponseAsItWasOrNone()
    {
        var cache = _disk.Open();
        await StoreAsync(cache, Key, Head(), "the body");
        var whole = await File.ReadAllBytesAsync(Assert.Single(_disk.Files()));
        var lost = 0;
        for (var i = 0; i < whole.Length; i++)
        {
            await using (var stream = new FileStream(Assert.Single(_disk.Files()), FileMode.Open, FileAccess.ReadWrite))
            {
                stream.Position = i;
                stream.WriteByte((byte)(whole[i] ^ 0x41));
            }

            var found = await cache.FindAsync(Key, default);
            var isWhole = found.Count == 1 && await IsAsync(found[0], "the body");
            if (isWhole) Assert.Equal(("max-age=60", 200, false), (found[0].Head.Fields[0].Value, found[0].Head.StatusCode, found[0].Head.IsDoubted));
            else Assert.Empty(await cache.FindAsync(Key, default));
            lost += isWhole ? 0 : 1;
            await cache.RemoveAsync(Key, default);
            await StoreAsync(cache, Key, Head(), "the body");
        }

        // The rest is reserved, or room that is left.
        Assert.InRange(lost, 100, whole.Length);
    }

    [Fact]
    public async Task Open_ForeignFilesInTheWay_AreRemovedAndOthersStay()
    {
        var cache = _disk.Open();
        await StoreAsync(cache, Key, Head(), "kept");
        var file = Assert.Single(_disk.Files());
        var folder = Path.GetDirectoryName(file)!;
        await File.WriteAllTextAsync(Path.Combine(folder, "notes.txt"), "not ours");
        var elsewhere = Path.Combine(folder, Path.GetFileName(file)[..33] + "0000000000000000-0000000000000000-0000000000000001");
        File.Copy(file, elsewhere);
        File.Copy(file, Path.Combine(_disk.Options.Path, "tmp", "left"));
        Directory.CreateDirectory(Path.Combine(folder, "deeper"));
        cache = _disk.Open();
        Assert.Equal("kept", await ReadAsync(Assert.Single(await cache.FindAsync(Key, default))));
        await cache.Scanned.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(folder));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_disk.Options.Path, "tmp")));
    }

    [Fact]
    public async Task Find_KeysAndVariantsOfOneHash_AreNeverTakenForOneAnother()
    {
        var cache = _disk.Open(hash: new DiskHash(static _ => 7));
        await StoreAsync(cache, KeyOf(1), Head("a", tags: ["t"]), "1");
        Assert.Empty(await cache.FindAsync(KeyOf(2), default));
        await StoreAsync(cache, KeyOf(2), Head("b"), "2");
        Assert.Empty(await cache.FindAsync(KeyOf(1), default));
        Assert.Equal("2", await ReadAsync(Assert.Single(await cache.FindAsync(KeyOf(2), default))));
        await cache.PurgeAsync(CachePurge.ForTag("t"), default);
        Assert.Single(await cache.FindAsync(KeyOf(2), default));
    }

    [Fact]
    public async Task Update_EndedAnywhere_LeavesTheOldHeadOrTheNew()
    {
        var seen = new HashSet<int>();
        for (var room = 0; room < 400; room += 3)
        {
            var files = new DiskUnderTest.BreakingFiles();
            var cache = _disk.Open(files);
            await StoreAsync(cache, Key, Head(), "body");
            // One update before, so that either place for a head is the one that is written to.
            if (room % 2 == 0) await UpdateAsync(cache, 201);
            var before = room % 2 == 0 ? 201 : 200;
            files.Room = room;
            try
            {
                await UpdateAsync(cache, 299);
            }
            catch (DiskCacheException)
            {
                // As if the process had ended there.
            }

            var found = Assert.Single(await _disk.Open().FindAsync(Key, default));
            Assert.Equal("body", await ReadAsync(found));
            Assert.Contains(found.Head.StatusCode, (int[])[before, 299]);
            seen.Add(found.Head.StatusCode);
        }

        Assert.Equal([200, 201, 299], seen.Order());

        async Task UpdateAsync(DiskResponseCache cache, int status) =>
            Assert.NotNull(await cache.UpdateAsync(Key, Assert.Single(await cache.FindAsync(Key, default)), Head(status: status), default));
    }

    [Fact]
    public async Task Update_ManyTimes_TheFileDoesNotGrow()
    {
        var cache = _disk.Open();
        await StoreAsync(cache, Key, Head(), "body");
        for (var i = 0; i < 100; i++)
        {
            var found = Assert.Single(await cache.FindAsync(Key, default));
            Assert.NotNull(await cache.UpdateAsync(Key, found, Head(status: 200 + i, tags: [new string('t', i * 5)]), default));
        }

        Assert.Equal(299, Assert.Single(await cache.FindAsync(Key, default)).Head.StatusCode);
        Assert.InRange(new FileInfo(Assert.Single(_disk.Files())).Length, 200, 4096);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Purge_NotCarriedOutYet_CountsAndOutlivesTheProcess(bool isSoft)
    {
        var files = new DiskUnderTest.BreakingFiles { CanDelete = false, CanUpdate = false };
        var cache = _disk.Open(files);
        for (var i = 0; i < 5; i++) await StoreAsync(cache, KeyOf(i), Head(tags: ["t"]), "x");
        var purging = cache.PurgeAsync(CachePurge.ForPrefix("http://shop.example/") with { IsSoft = isSoft }, default).AsTask();
        while (!purging.IsCompleted)
        {
            _disk.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        Assert.Equal(0, await purging);
        await StoreAsync(cache, KeyOf(9), Head(), "later");
        await CheckAsync(cache);
        Assert.True(_disk.Files().Length >= 6);
        await CheckAsync(_disk.Open(files));
        cache = _disk.Open();
        await CheckAsync(cache);

        async Task CheckAsync(DiskResponseCache opened)
        {
            for (var i = 0; i < 5; i++) Assert.Equal(isSoft ? 1 : 0, (await opened.FindAsync(KeyOf(i), default)).Count(r => r.Head.IsDoubted == isSoft));
            Assert.False(Assert.Single(await opened.FindAsync(KeyOf(9), default)).Head.IsDoubted);
        }
    }

    [Fact]
    public async Task Purge_SoftlyWhatIsPurgedForGood_DoesNotBringItBack()
    {
        var files = new DiskUnderTest.BreakingFiles { CanDelete = false };
        var cache = _disk.Open(files);
        await StoreAsync(cache, Key, Head(), "x");
        var purging = cache.PurgeAsync(CachePurge.ForPrefix("http://shop.example/"), default).AsTask();
        while (!purging.IsCompleted)
        {
            _disk.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        // It cannot be removed, but it must not be marked as something newer either.
        await Assert.ThrowsAsync<DiskCacheException>(async () => await cache.PurgeAsync(CachePurge.ForUri(Key.Uri) with { IsSoft = true }, default));
        Assert.Empty(await cache.FindAsync(Key, default));
        Assert.Empty(await _disk.Open().FindAsync(Key, default));
    }

    [Fact]
    public async Task Store_ThereIsRoom_NothingHasToLeave()
    {
        _disk.Options.MaxBytes = 1024 * 1024;
        _disk.Options.MaxBodyBytes = 256 * 1024;
        var cache = _disk.Open();
        for (var i = 0; i < 5; i++) await StoreAsync(cache, KeyOf(i), Head(), new string('x', 200_000));
        Assert.Equal((5, 0), (cache.Entries, cache.Evictions));
        await StoreAsync(cache, KeyOf(5), Head(), new string('x', 200_000));
        Assert.Equal((5, 1), (cache.Entries, cache.Evictions));
    }

    [Fact]
    public async Task Purge_CarriedOut_TheFilesAreGone()
    {
        var cache = _disk.Open();
        for (var i = 0; i < 30; i++) await StoreAsync(cache, KeyOf(i), Head(tags: [$"t{i % 3}"]), "x");
        await cache.PurgeAsync(CachePurge.ForTag("t1"), default);
        await Handling.CacheUnderTest.UntilAsync(() => _disk.Files().Length == 20);
        Assert.Equal(20, cache.Entries);
        await cache.PurgeAsync(CachePurge.ForEverything() with { Partition = "other" }, default);
        await cache.PurgeAsync(CachePurge.ForEverything(), default);
        await Handling.CacheUnderTest.UntilAsync(() => _disk.Files().Length == 0);
        Assert.Equal((0, 0), (cache.Entries, cache.Bytes));
    }

    [Fact]
    public async Task Purge_MoreThanCanBeOnRecord_BecomeOne()
    {
        var files = new DiskUnderTest.BreakingFiles { CanDelete = false };
        var cache = _disk.Open(files);
        await StoreAsync(cache, Key, Head(), "x");
        await StoreAsync(cache, KeyOf(1), Head(), "x");
        for (var i = 0; i < 70; i++) await cache.PurgeAsync(CachePurge.ForPrefix($"http://shop.example/a{i}"), default);
        var state = DiskState.TryRead(Path.Combine(_disk.Options.Path, "state"));
        Assert.InRange(state!.Purges.Count, 0, 64);
    }

    [Fact]
    public async Task Store_NoSpaceLeft_FailsOnceAndThenLeavesTheDiskAloneForAWhile()
    {
        var files = new DiskUnderTest.BreakingFiles();
        var cache = _disk.Open(files);
        await StoreAsync(cache, KeyOf(1), Head(), "old");
        files.Room = 10_000;
        await Assert.ThrowsAsync<DiskCacheException>(() => StoreAsync(cache, KeyOf(2), Head(), new string('x', 20_000)));
        Assert.False(await StoreAsync(cache, KeyOf(2), Head(), "x"));
        Assert.Equal("old", await ReadAsync(Assert.Single(await cache.FindAsync(KeyOf(1), default))));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_disk.Options.Path, "tmp")));
        files.Room = long.MaxValue;
        _disk.Time.Advance(DiskResponseCache.Pause);
        Assert.True(await StoreAsync(cache, KeyOf(2), Head(), "x"));
        Assert.Equal(2, cache.Entries);
    }

    [Fact]
    public async Task Store_FolderRemovedMeanwhile_IsMadeAnewAfterAWhile()
    {
        var cache = _disk.Open();
        await StoreAsync(cache, Key, Head(), "old");
        Directory.Delete(_disk.Options.Path, recursive: true);
        Assert.Empty(await cache.FindAsync(Key, default));
        await Assert.ThrowsAsync<DiskCacheException>(() => StoreAsync(cache, Key, Head(), "new"));
        _disk.Time.Advance(DiskResponseCache.Pause);
        Assert.True(await StoreAsync(cache, Key, Head(), "new"));
        Assert.Equal("new", await ReadAsync(Assert.Single(await cache.FindAsync(Key, default))));
    }

    [Fact]
    public async Task Open_FolderOfAnother_FailsUntilTheOtherHasEnded()
    {
        var first = _disk.Open();
        await StoreAsync(first, Key, Head(), "body");
        using var second = new DiskResponseCache(_disk.Options, _disk.Time, NullLogger.Instance);
        await Assert.ThrowsAsync<DiskCacheException>(async () => await second.FindAsync(Key, default));
        await Assert.ThrowsAsync<DiskCacheException>(() => StoreAsync(second, KeyOf(1), Head(), "x"));
        var refused = await Assert.ThrowsAsync<DiskCacheException>(async () => await second.RemoveAsync(Key, default));
        Assert.Contains(_disk.Options.Path, refused.Message, StringComparison.Ordinal);
        Assert.Single(await first.FindAsync(Key, default));
        first.Dispose();
        await Assert.ThrowsAsync<DiskCacheException>(async () => await second.FindAsync(Key, default));
        _disk.Time.Advance(DiskResponseCache.Pause);
        Assert.Equal("body", await ReadAsync(Assert.Single(await second.FindAsync(Key, default))));
    }

    [Fact]
    public async Task Store_MoreThanTheBound_StaysWithinItOnDisk()
    {
        _disk.Options.MaxBytes = 1024 * 1024;
        _disk.Options.MaxBodyBytes = 256 * 1024;
        var cache = _disk.Open();
        for (var i = 0; i < 400; i++)
        {
            Assert.True(await StoreAsync(cache, KeyOf(i), Head(), new string('x', 10_000)));
            Assert.InRange(cache.Bytes, 1, _disk.Options.MaxBytes);
        }

        Assert.Equal(400 - cache.Entries, cache.Evictions);
        Assert.Equal(cache.Entries, _disk.Files().Length);
        Assert.InRange(_disk.Files().Sum(file => new FileInfo(file).Length), 500_000, _disk.Options.MaxBytes);
        Assert.False(await StoreAsync(cache, Key, Head(), new string('x', (256 * 1024) + 1)));
        var entries = cache.Entries;
        _disk.Options.MaxBytes = 512 * 1024;
        _disk.Options.MaxBodyBytes = 128 * 1024;
        cache = _disk.Open();
        await cache.Scanned.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.InRange(cache.Bytes, 1, _disk.Options.MaxBytes);
        Assert.InRange(cache.Entries, 1, entries - 1);
    }

    [Fact]
    public async Task Open_StateThatCannotBeRead_ForgetsEverything()
    {
        await StoreAsync(_disk.Open(), Key, Head(), "x");
        _disk.Open().Dispose();
        await File.WriteAllTextAsync(Path.Combine(_disk.Options.Path, "state"), "{ torn");
        Assert.Empty(await _disk.Open().FindAsync(Key, default));
        Assert.Empty(_disk.Files());
    }

    [Fact]
    public async Task Store_OnUnix_IsForTheOwnerOnly()
    {
        if (OperatingSystem.IsWindows()) return;
        await StoreAsync(_disk.Open(), Key, Head(), "x");
        const UnixFileMode others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var path in Directory.EnumerateFileSystemEntries(_disk.Options.Path, "*", SearchOption.AllDirectories).Append(_disk.Options.Path)) Assert.Equal(default, File.GetUnixFileMode(path) & others);
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedAllAtOnce()
    {
        var validator = new DiskResponseCacheOptionsValidator();
        Assert.True(validator.Validate(null, _disk.Options).Succeeded);
        Assert.Equal(
            ["Path is ''; it has to be the full path of a folder", "MaxBytes is 5; it may be 1048576 to 70368744177664", "MaxBodyBytes is 1073741824; it may be 1024 to a quarter of MaxBytes, 1"],
            validator.Validate(null, new DiskResponseCacheOptions { MaxBytes = 5 }).Failures);
    }

    [Fact]
    public void Options_FolderThatCannotBeUsed_IsRefusedWithWhatToDo()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "");
        var validator = new DiskResponseCacheOptionsValidator();
        Assert.Contains("holds files that are not those of a cache; name an empty folder", Refused(folder.Path), StringComparison.Ordinal);
        Assert.Contains("name a folder in which this user may write", Refused(Path.Combine(file, "cache")), StringComparison.Ordinal);

        string Refused(string path) => Assert.Single(validator.Validate(null, new DiskResponseCacheOptions { Path = path }).Failures!);
    }

    [Fact]
    public async Task Kill_InTheMiddleOfStoring_LeavesOnlyWholeResponsesAndAllThatWereStored()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "cache");
        for (var times = 0; times < 3; times++)
        {
            int last;
            await using (var process = RunningProgram.Start("dotnet", ["exec", typeof(StoringProcess).Assembly.Location, StoringProcess.Command, path]))
            {
                await process.LineAsync($"stored {60 + (times * 17)}.");
                await process.KillAsync();
                last = process.Output.Split('\n').Count(line => line.StartsWith("stored ", StringComparison.Ordinal)) - 1;
            }

            using var cache = new DiskResponseCache(StoringProcess.OptionsFor(path), TimeProvider.System, NullLogger.Instance);
            var rounds = new List<int>();
            for (var i = 0; i < StoringProcess.Keys; i++)
            {
                foreach (var found in await cache.FindAsync(StoringProcess.KeyOf(i), default))
                {
                    var round = int.Parse(found.Head.Fields[0].Value, System.Globalization.CultureInfo.InvariantCulture);
                    var length = int.Parse(found.Head.Fields[1].Value, System.Globalization.CultureInfo.InvariantCulture);
                    Assert.Equal(StoringProcess.BodyOf(round, length), await ReadAsync(found));
                    rounds.Add(round);
                }
            }

            // The last ones that were announced, but for those that the process has removed since.
            foreach (var round in Enumerable.Range(last - 2, 3)) Assert.Contains(round, rounds);
            Assert.True(rounds.Count > StoringProcess.Keys / 2);
        }
    }

    private static CacheKey KeyOf(int i) => new($"http://shop.example/{i}");

    private static async Task<bool> IsAsync(CachedResponse response, string body)
    {
        await using var stream = await response.OpenAsync(0, response.Length, default);
        if (stream is null) return false;
        try
        {
            return await new StreamReader(stream, Encoding.Latin1).ReadToEndAsync() == body;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
