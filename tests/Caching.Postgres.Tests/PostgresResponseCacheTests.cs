using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using static Net2Secure.Routing.Caching.Postgres.Tests.PostgresUnderTest;

namespace Net2Secure.Routing.Caching.Postgres.Tests;

/// <summary>Several stores on one table, as processes of a fleet have them.</summary>
public sealed class PostgresResponseCacheTests(PostgresServer server)
{
    private const string Uri = "http://shop.example/a";

    private readonly string _table = $"t{Guid.NewGuid():N}";

    [Fact]
    public async Task Purge_InOneProcess_IsHeardByTheOtherAtOnce()
    {
        await using var a = new PostgresUnderTest(server, _table);
        await using var b = new PostgresUnderTest(server, _table);
        await a.StoreAsync(Uri, tags: ["red"]);
        Assert.Equal(":body", await b.FindAsync(Uri));
        CachePurge[] purges =
        [
            CachePurge.ForTag("red"), CachePurge.ForPrefix("http://shop.example/") with { IsSoft = true }, CachePurge.ForUri(Uri) with { Partition = "p" }, CachePurge.ForUri(Uri), CachePurge.ForEverything(),
        ];
        foreach (var purge in purges) await a.Cache.PurgeAsync(purge, default);
        Assert.Equal("", await b.FindAsync(Uri));
        var took = await UntilAsync(() => b.Heard.Count == purges.Length);
        Assert.Equal(purges, b.Heard);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Empty(a.Heard);
    }

    [Fact]
    public async Task Purge_Counts_WhatItConcerned()
    {
        await using var a = new PostgresUnderTest(server, _table);
        for (var i = 0; i < 5; i++) await a.StoreAsync($"{Uri}/{i}", tags: i < 3 ? ["red"] : []);
        Assert.Equal(3, await a.Cache.PurgeAsync(CachePurge.ForTag("red") with { IsSoft = true }, default));
        Assert.Equal(0, await a.Cache.PurgeAsync(CachePurge.ForTag("red") with { IsSoft = true }, default));
        Assert.Equal(":body?", await a.FindAsync(Uri + "/0"));
        Assert.Equal(1, await a.Cache.RemoveAsync(new CacheKey(Uri + "/4"), default));
        Assert.Equal(4, await a.Cache.PurgeAsync(CachePurge.ForPrefix(Uri), default));
    }

    [Fact]
    public async Task Purge_LongUris_GoesByTheWholeOfThem()
    {
        await using var a = new PostgresUnderTest(server, _table);
        var (one, other) = (Uri + new string('x', 9000) + "1", Uri + new string('x', 9000) + "2");
        await a.StoreAsync(one);
        await a.StoreAsync(other);
        Assert.Equal(0, await a.Cache.PurgeAsync(CachePurge.ForPrefix(Uri + new string('x', 9000) + "3"), default));
        Assert.Equal(1, await a.Cache.PurgeAsync(CachePurge.ForUri(one), default));
        Assert.Equal(("", ":body"), (await a.FindAsync(one), await a.FindAsync(other)));
        Assert.Equal(1, await a.Cache.PurgeAsync(CachePurge.ForPrefix(Uri + new string('x', 8000)), default));
    }

    [Fact]
    public async Task Store_AskedForBeforeAPurgeThatConcernsIt_IsNotStored()
    {
        await using var a = new PostgresUnderTest(server, _table);
        await using var b = new PostgresUnderTest(server, _table);
        var asked = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(5);
        await a.Cache.PurgeAsync(CachePurge.ForTag("red"), default);
        await a.Cache.RemoveAsync(new CacheKey(Uri + "/removed"), default);
        await a.Cache.PurgeAsync(CachePurge.ForPrefix(Uri + "/soft") with { IsSoft = true }, default);
        await b.StoreAsync(Uri, tags: ["red"], requested: asked);
        await b.StoreAsync(Uri + "/removed", requested: asked);
        Assert.Equal("", await a.FindAsync(Uri));
        Assert.True(await b.StoreAsync(Uri + "/soft", requested: asked));
        Assert.True(await b.StoreAsync(Uri, tags: ["blue"], requested: asked));
        Assert.Equal(("", ":body?", ":body"), (await b.FindAsync(Uri + "/removed"), await b.FindAsync(Uri + "/soft"), await b.FindAsync(Uri)));
        // What comes after it is stored: at once where the purge was this process' own, else as soon as no delay can hide which was first.
        await Task.Delay(5);
        await a.StoreAsync(Uri, "new", tags: ["red"]);
        Assert.Equal(":new", await b.FindAsync(Uri));
        // Taken out of the store only: nobody is told.
        Assert.Equal(1, await b.Cache.ForgetAsync(new CacheKey(Uri), default));
        await a.StoreAsync(Uri, "newer", tags: ["red"]);
        Assert.Equal(":newer", await b.FindAsync(Uri));
        await b.Cache.PurgeAsync(CachePurge.ForTag("last"), default);
        await UntilAsync(() => !a.Heard.IsEmpty);
        Assert.Equal([CachePurge.ForTag("last")], a.Heard);
    }

    [Fact]
    public async Task Store_WhileAPurgeIsMade_IsNotThereAfterIt()
    {
        await using var a = new PostgresUnderTest(server, _table);
        await using var b = new PostgresUnderTest(server, _table);
        await a.FindAsync(Uri);
        await b.FindAsync(Uri);
        for (var round = 0; round < 20; round++)
        {
            var storing = Enumerable.Range(0, 4).Select(i => b.StoreAsync($"{Uri}/{i}", tags: ["red"])).ToArray();
            await a.Cache.PurgeAsync(CachePurge.ForTag("red"), default);
            await Task.WhenAll(storing);
            for (var i = 0; i < 4; i++) Assert.Equal("", await a.FindAsync($"{Uri}/{i}"));
        }
    }

    [Fact]
    public async Task Store_ManyWritersOfOneKey_LoseNoVariant()
    {
        await using var a = new PostgresUnderTest(server, _table, o => o.CommandTimeout = TimeSpan.FromSeconds(20));
        await using var b = new PostgresUnderTest(server, _table, o => o.CommandTimeout = TimeSpan.FromSeconds(20));
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? a : b).StoreAsync(Uri, $"{i}", $"v{i:00}")));
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 60).Select(i => $"v{i:00}:{i}")), await a.FindAsync(Uri));
        for (var i = 60; i < 70; i++) await a.StoreAsync(Uri, $"{i}", $"v{i:00}");
        Assert.Equal(64, (await a.Cache.FindAsync(new CacheKey(Uri), default)).Count);
    }

    [Fact]
    public async Task Store_TooLargeOrNoText_IsRefused()
    {
        await using var a = new PostgresUnderTest(server, _table, o => o.MaxBodyBytes = 1024);
        Assert.True(await a.StoreAsync(Uri, new string('x', 1024)));
        Assert.False(await a.StoreAsync(Uri, new string('x', 1025)));
        Assert.False(await a.StoreAsync(Uri + "\0"));
        Assert.False(await a.StoreAsync(Uri, tags: ["\ud800"]));
        Assert.Equal("", await a.FindAsync(Uri + "\0"));
        Assert.Equal(0, await a.Cache.PurgeAsync(CachePurge.ForTag("\0"), default));
        Assert.Equal($":{new string('x', 1024)}", await a.FindAsync(Uri));
    }

    [Fact]
    public async Task Sweep_OverItsBound_RemovesWhatWasUsedLeastLately()
    {
        await using var a = new PostgresUnderTest(server, _table, o => (o.MaxBytes, o.SweepInterval) = (1024 * 1024, TimeSpan.FromSeconds(1)));
        var body = new string('x', 100_000);
        for (var i = 0; i < 10; i++) await a.StoreAsync($"{Uri}/{i}", body);
        for (var i = 0; i < 3; i++) await a.FindAsync($"{Uri}/{i}");
        await UntilAsync(() => a.Cache.Entries == 10);
        await UntilAsync(async () => await CountAsync("used_at > stored_at") == 3);
        for (var i = 10; i < 15; i++) await a.StoreAsync($"{Uri}/{i}", body);
        await UntilAsync(() => a.Cache.Evictions > 0 && a.Cache.Bytes is > 0 and <= 1024 * 1024);
        for (var i = 0; i < 3; i++) Assert.NotEqual("", await a.FindAsync($"{Uri}/{i}"));
        Assert.Equal("", await a.FindAsync($"{Uri}/3"));
        Assert.NotEqual("", await a.FindAsync($"{Uri}/14"));
    }

    [Fact]
    public async Task Sweep_WhatIsOver_IsRemovedAndOldPurgesBecomeOne()
    {
        await using var a = new PostgresUnderTest(server, _table, o => o.SweepInterval = TimeSpan.FromSeconds(1));
        await a.StoreAsync(Uri);
        await a.StoreAsync(Uri + "/stays");
        await a.Cache.PurgeAsync(CachePurge.ForTag("red"), default);
        await RunAsync($"UPDATE net2.{_table} SET expires_at = now() WHERE uri = '{Uri}'; UPDATE net2.{_table}_purges SET purged_at = now() - interval '11 minutes'");
        await UntilAsync(async () => await CountAsync("true") == 1 && await CountAsync("publisher = '00000000-0000-0000-0000-000000000000'", "_purges") == 1);
        Assert.Equal(1, await CountAsync("true", "_purges"));
        // Nobody knows any more what was purged back then: what was asked for before it is not stored.
        await a.StoreAsync(Uri, requested: TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(12));
        Assert.Equal("", await a.FindAsync(Uri));
        await a.StoreAsync(Uri, requested: TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(10));
        Assert.Equal(":body", await a.FindAsync(Uri));
    }

    [Fact]
    public async Task Tables_OddNames_AreQuoted()
    {
        await using var a = new PostgresUnderTest(server, "x\"; DROP TABLE y; -- ä", o => o.Schema = $"S\" {Guid.NewGuid():N}");
        Assert.True(await a.StoreAsync(Uri));
        Assert.Equal(":body", await a.FindAsync(Uri));
        await a.Cache.PurgeAsync(CachePurge.ForPrefix("http"), default);
        Assert.Equal("", await a.FindAsync(Uri));
    }

    [Fact]
    public async Task Tables_Dropped_AreMadeAgain()
    {
        await using var a = new PostgresUnderTest(server, _table);
        await a.StoreAsync(Uri);
        await RunAsync($"DROP TABLE net2.{_table}, net2.{_table}_purges");
        await UntilAsync(async () =>
        {
            try
            {
                return await a.FindAsync(Uri) == "" && await a.StoreAsync(Uri);
            }
            catch (PostgresException)
            {
                return false;
            }
        });
        Assert.Equal(":body", await a.FindAsync(Uri));
    }

    [Fact]
    public async Task Find_HeadThatCannotBeRead_IsAMissAndIsRemoved()
    {
        await using var a = new PostgresUnderTest(server, _table);
        await a.StoreAsync(Uri);
        await RunAsync($"UPDATE net2.{_table} SET head = substring(head FOR 20)");
        Assert.Equal("", await a.FindAsync(Uri));
        Assert.Equal(0, await CountAsync("true"));
    }

    [Fact]
    public async Task Find_TableLockedBySomebody_FailsInTime()
    {
        await using var a = new PostgresUnderTest(server, _table, o => o.CommandTimeout = TimeSpan.FromSeconds(1));
        await a.StoreAsync(Uri);
        await using var source = server.Source();
        await using (var connection = await source.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var command = new NpgsqlCommand($"LOCK TABLE net2.{_table} IN ACCESS EXCLUSIVE MODE", connection, transaction);
            await command.ExecuteNonQueryAsync();
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => a.FindAsync(Uri));
            // A purge that cannot be made now is made later; until then its own process does not find what it concerns.
            using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await a.Cache.PurgeAsync(CachePurge.ForTag("red"), impatient.Token));
        }

        Assert.Equal(":body", await a.FindAsync(Uri));
        await UntilAsync(async () => await CountAsync("value = 'red'", "_purges") == 1);
    }

    [Fact]
    public async Task Log_ServerThatIsNotThere_DoesNotTellTheConnectionString()
    {
        await using var a = new PostgresUnderTest(server, _table, o => o.ConnectionString = "Host=/nowhere;Database=d;Username=u;Password=hidden;Timeout=1");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => a.FindAsync(Uri));
        Assert.DoesNotContain("hidden", a.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedAllAtOnceWithoutTheConnectionString()
    {
        var services = new ServiceCollection();
        services.AddNet2PostgresResponseCache(o =>
        {
            o.ConnectionString = "Password=hidden;Nonsense";
            o.Table = "";
            o.MaxBytes = 1;
            o.CommandTimeout = TimeSpan.FromSeconds(1.5);
        });
        using var provider = services.BuildServiceProvider();
        var refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IResponseCache>());
        Assert.Equal(4, refused.Failures.Count());
        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
        Assert.Contains("MaxBytes is 1; it may be 1048576 to 17592186044416", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Registration_NoServer_SaysWhatToDo()
    {
        using var provider = new ServiceCollection().AddNet2PostgresResponseCache().BuildServiceProvider();
        Assert.Contains("NpgsqlDataSource", Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IResponseCache>()).Message, StringComparison.Ordinal);
    }

    private async Task RunAsync(string text)
    {
        await using var source = server.Source();
        await using var command = source.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string condition, string suffix = "")
    {
        await using var source = server.Source();
        await using var command = source.CreateCommand($"SELECT count(*) FROM net2.{_table}{suffix} WHERE {condition}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
