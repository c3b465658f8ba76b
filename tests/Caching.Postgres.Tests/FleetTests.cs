using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Caching.Postgres.Tests.PostgresUnderTest;

namespace Net2Secure.Routing.Caching.Postgres.Tests;

/// <summary>Two processes, each with memory in front of one database; and a database that goes away. Has a server for itself, as it kills it.</summary>
public sealed class FleetTests : IAsyncLifetime
{
    private static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1);

    private readonly PostgresServer _server = new();
    private int _asked;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Proxies_ShareFillsAndPurges_AndGoOnWithoutTheServer()
    {
        await using var origin = new ScriptedOrigin(AnswerAsync);
        await using var a = await CachingProxy.StartAsync(_server.ConnectionString, origin.Uri);
        await using var b = await CachingProxy.StartAsync(_server.ConnectionString, origin.Uri);

        // What one has fetched the other finds.
        var filled = await a.GetAsync("/page");
        await using (var source = _server.Source())
        {
            await UntilAsync(async () =>
            {
                await using var command = source.CreateCommand("SELECT count(*) FROM net2.responses");
                return (long)(await command.ExecuteScalarAsync())! == 1;
            });
        }

        Assert.Equal(filled, await b.GetAsync("/page"));
        Assert.Equal(1, _asked);

        // A purge in one is one in the memory of the other, and so is what an unsafe method invalidates. A busy machine may be late now and then, but not each time.
        var purges = new List<TimeSpan>();
        var invalidations = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            await a.SendAsync(HttpMethod.Post, "/purge/pages");
            purges.Add(await UntilAsync(async () => await b.GetAsync("/page") != filled));
            filled = await b.GetAsync("/page");
            Assert.Equal(filled, await b.GetAsync("/page"));
            await a.SendAsync(HttpMethod.Put, "/page");
            invalidations.Add(await UntilAsync(async () => await b.GetAsync("/page") != filled));
            filled = await b.GetAsync("/page");
        }

        Assert.InRange(purges.Min(), TimeSpan.Zero, ASecond);
        Assert.InRange(invalidations.Min(), TimeSpan.Zero, ASecond);

        // Without the server requests go on: from memory, or from the origin.
        filled = await b.GetAsync("/page");
        await _server.KillAsync();
        Assert.Equal(filled, await b.GetAsync("/page"));
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 20; i++) Assert.StartsWith("/new", await b.GetAsync($"/new{i}"));
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));

        // What is invalidated meanwhile reaches the other once the server is back.
        await a.SendAsync(HttpMethod.Put, "/page");
        await _server.StartAsync();
        await UntilAsync(async () => await b.GetAsync("/page") != filled);

        // And they share again.
        await UntilAsync(async () =>
        {
            var path = $"/again{Guid.NewGuid():N}";
            var one = await a.GetAsync(path);
            await Task.Delay(100);
            return one == await b.GetAsync(path);
        });
    }

    private async Task AnswerAsync(RawConnection connection)
    {
        while (await connection.TryReadHeadAsync() is { } head)
        {
            var path = head.Split(' ')[1];
            var body = $"{path} {Interlocked.Increment(ref _asked)}";
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nCache-Tag: pages\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }
    }
}
