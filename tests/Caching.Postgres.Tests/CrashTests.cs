using Npgsql;
using static Net2Secure.Routing.Caching.Postgres.Tests.PostgresUnderTest;

namespace Net2Secure.Routing.Caching.Postgres.Tests;

/// <summary>A server that crashes. Has one for itself.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private readonly PostgresServer _server = new();

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Purge_JustBeforeACrash_IsNotLost()
    {
        await using var a = new PostgresUnderTest(_server, "crash");
        await using var b = new PostgresUnderTest(_server, "crash");
        await a.FindAsync("http://shop.example/");
        await b.FindAsync("http://shop.example/");
        await using (var source = _server.Source())
        {
            // The other is cut off, so that it does not hear of it before the crash.
            await using var command = source.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
            await command.ExecuteNonQueryAsync();
        }

        for (var i = 0; ; i++)
        {
            try
            {
                await a.Cache.PurgeAsync(CachePurge.ForTag("red"), default);
                break;
            }
            catch (NpgsqlException) when (i < 50)
            {
                // Its connections were cut as well, and are found out one by one.
            }
        }

        await _server.KillAsync();
        await _server.StartAsync();
        await UntilAsync(() => b.Heard.Contains(CachePurge.ForTag("red")));
        // The responses are gone with the crash; nothing of it is half there.
        await UntilAsync(async () =>
        {
            try
            {
                return await a.StoreAsync("http://shop.example/new") && await b.FindAsync("http://shop.example/new") == ":body";
            }
            catch (NpgsqlException)
            {
                return false;
            }
        });
        Assert.Equal("", await a.FindAsync("http://shop.example/"));
    }
}
