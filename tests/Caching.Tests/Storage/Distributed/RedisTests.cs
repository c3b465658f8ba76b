using System.Globalization;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Storage.Distributed;

/// <summary>What every store has to keep, in a real Redis.</summary>
public sealed class RedisContractTests(RedisServer server) : ResponseCacheContract, IClassFixture<RedisServer>
{
    protected override IResponseCache Create() => new DistributedResponseCache(
        new RedisValues(server.Socket), new DistributedResponseCacheOptions { KeyPrefix = $"{Guid.NewGuid():N}:" }, TimeProvider.System, NullLogger.Instance);
}

/// <summary>Two clients with a cache each, in front of one Redis that goes away and comes back.</summary>
public sealed class RedisFleetTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly RedisServer _server = new();
    private int _asked;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Clients_ShareFillsAndPurges_AndGoOnWithoutTheServer()
    {
        await using var origin = new ScriptedOrigin(AnswerAsync);
        await using var one = Start();
        await using var other = Start();
        var (a, b) = (Client(one, origin.Uri), Client(other, origin.Uri));

        // What one has fetched the other finds.
        await UntilTheyShareAsync(a, b);

        // A purge in one is one in the memory of the other.
        var before = await b.GetStringAsync("/page");
        Assert.Equal(before, await b.GetStringAsync("/page"));
        Assert.True((await one.GetRequiredService<IResponseCachePurger>().PurgeAsync(CachePurge.ForTag("pages"))).IsComplete);
        await UntilAsync(async () => await b.GetStringAsync("/page") != before);

        // Without the server requests go on: from memory, or from the origin.
        before = await b.GetStringAsync("/page");
        await _server.KillAsync();
        Assert.Equal(before, await b.GetStringAsync("/page"));
        for (var i = 0; i < 20; i++) Assert.StartsWith($"/new{i} ", await b.GetStringAsync($"/new{i}"), StringComparison.Ordinal);

        // And they share again when it is back.
        await _server.StartAsync();
        await UntilTheyShareAsync(a, b);
    }

    /// <summary>Fills the cache of one again and again, until the other finds the same. It is stored behind the answer, a moment later.</summary>
    private static Task UntilTheyShareAsync(HttpClient one, HttpClient other) => UntilAsync(async () =>
    {
        var path = $"/page{Guid.NewGuid():N}";
        var filled = await one.GetStringAsync(path);
        await Task.Delay(50);
        return await other.GetStringAsync(path) == filled;
    });

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!await holds()) await Task.Delay(20, bound.Token);
    }

    private static HttpClient Client(IServiceProvider services, Uri origin)
    {
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        (client.BaseAddress, client.Timeout) = (origin, Bound);
        return client;
    }

    private ServiceProvider Start()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<IDistributedCache>(_ => new RedisValues(_server.Socket));
        services.AddNet2DistributedResponseCache();
        services.AddHttpClient("shop").AddNet2Caching();
        return services.BuildServiceProvider();
    }

    private async Task AnswerAsync(RawConnection connection)
    {
        while (await connection.TryReadHeadAsync() is { } head)
        {
            var body = string.Create(CultureInfo.InvariantCulture, $"{head.Split(' ')[1]} {Interlocked.Increment(ref _asked)}");
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nCache-Tag: pages\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }
    }
}
