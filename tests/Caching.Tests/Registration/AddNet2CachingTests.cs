using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;

namespace Net2Secure.Routing.Caching.Tests.Registration;

public sealed class AddNet2CachingTests
{
    [Fact]
    public async Task AddNet2Caching_OneCall_GivesAClientACache()
    {
        await using var origin = new CountingOrigin(Ok("1", "Cache-Control: max-age=60"));
        var services = new ServiceCollection();
        services.AddHttpClient("shop").AddNet2Caching();
        await using var provider = services.BuildServiceProvider();
        for (var i = 0; i < 3; i++) Assert.Equal("1", await provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop").GetStringAsync(origin.Uri));
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task AddNet2Caching_TwoClients_DoNotShareResponses()
    {
        await using var origin = new CountingOrigin(Ok("1", "Cache-Control: max-age=60"));
        var services = new ServiceCollection();
        services.AddHttpClient("one").AddNet2Caching();
        services.AddHttpClient("other").AddNet2Caching();
        await using var provider = services.BuildServiceProvider();
        foreach (var name in new[] { "one", "other", "one", "other" }) await provider.GetRequiredService<IHttpClientFactory>().CreateClient(name).GetStringAsync(origin.Uri);
        Assert.Equal(2, origin.Count);
    }

    [Fact]
    public async Task Send_WithoutAwaiting_IsAnsweredTheSameWay()
    {
        await using var origin = new CountingOrigin(Ok("1", "Cache-Control: max-age=60"));
        var services = new ServiceCollection();
        services.AddHttpClient("shop").AddNet2Caching();
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        for (var i = 0; i < 2; i++)
        {
            using var response = client.Send(new HttpRequestMessage(HttpMethod.Get, origin.Uri));
            using var reader = new StreamReader(response.Content.ReadAsStream());
            Assert.Equal("1", reader.ReadToEnd());
        }

        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public void AddNet2ResponseCache_StoreOfTheUser_IsUsed()
    {
        var store = new MemoryResponseCache(new MemoryResponseCacheOptions());
        var services = new ServiceCollection();
        services.AddSingleton<IResponseCache>(store);
        services.AddNet2ResponseCache().AddNet2ResponseCache();
        using var provider = services.BuildServiceProvider();
        Assert.Same(store, provider.GetRequiredService<IResponseCache>());
    }

    [Fact]
    public void CachingOptions_OutOfRange_AreRefusedAllAtOnce()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("shop").AddNet2Caching(o =>
        {
            o.StoreTimeout = TimeSpan.Zero;
            o.MaxBodyBytes = 1;
            o.CacheStatusName = "not a token";
            o.StoreSetCookie = (StoreSetCookie)7;
        });
        using var provider = services.BuildServiceProvider();
        var refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop"));
        Assert.Equal(
            [
                "StoreSetCookie is 7; allowed are WhenPublic, Always and Never", "StoreTimeout is 00:00:00; it may be 00:00:00.0010000 to 00:01:00", "MaxBodyBytes is 1; it may be 1024 to 1099511627776",
                "CacheStatusName is 'not a token'; it has to be a token of letters, digits and hyphens that begins with a letter, or null",
            ],
            refused.Failures);
    }

    [Fact]
    public void MemoryResponseCacheOptions_OutOfRange_AreRefusedAllAtOnce()
    {
        var validator = new MemoryResponseCacheOptionsValidator();
        Assert.True(validator.Validate(null, new MemoryResponseCacheOptions()).Succeeded);
        Assert.Equal(
            ["MaxBytes is 5; it may be 65536 to 1099511627776", "MaxBodyBytes is 33554432; it may be 1024 to a quarter of MaxBytes, 1"],
            validator.Validate(null, new MemoryResponseCacheOptions { MaxBytes = 5 }).Failures);
    }

    [Fact]
    public async Task AddNet2DistributedResponseCache_TwoApplications_ShareWhatTheyFetchAndWhatTheyForget()
    {
        await using var origin = new CountingOrigin(Ok("1", "Cache-Control: max-age=60"));
        var values = new Storage.Distributed.SharedValues(TimeProvider.System) { ["net2:processes"] = ProcessList.Write([]).ToArray() };
        await using var one = Application(values);
        await using var other = Application(values);
        Assert.Equal("1", await ClientOf(one).GetStringAsync(origin.Uri));
        await UntilAsync(() => values.Names.Any(name => name.Contains(":i:", StringComparison.Ordinal)));
        Assert.Equal("1", await ClientOf(other).GetStringAsync(origin.Uri));
        Assert.Equal(1, origin.Count);
        using var put = await ClientOf(one).PutAsync(origin.Uri, null);
        using var bound = new CancellationTokenSource(Bound);
        while (origin.Count == 2)
        {
            await ClientOf(other).GetStringAsync(origin.Uri, bound.Token);
            await Task.Delay(10, bound.Token);
        }

        static HttpClient ClientOf(IServiceProvider application) => application.GetRequiredService<IHttpClientFactory>().CreateClient("shop");

        static ServiceProvider Application(Storage.Distributed.SharedValues values)
        {
            var services = new ServiceCollection();
            services.AddSingleton<Microsoft.Extensions.Caching.Distributed.IDistributedCache>(values);
            services.AddNet2DistributedResponseCache();
            services.Configure<TieredResponseCacheOptions>(o => o.Timeout = TimeSpan.FromSeconds(10));
            services.AddHttpClient("shop").AddNet2Caching(o => o.StoreTimeout = TimeSpan.FromSeconds(15));
            return services.BuildServiceProvider();
        }
    }

    [Fact]
    public void AddNet2DistributedResponseCache_NothingToUse_SaysWhatToAdd()
    {
        using var provider = new ServiceCollection().AddNet2DistributedResponseCache().BuildServiceProvider();
        Assert.Contains("AddStackExchangeRedisCache", Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IResponseCache>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DistributedResponseCacheOptions_OutOfRange_AreRefusedAllAtOnce()
    {
        var validator = new DistributedResponseCacheOptionsValidator();
        Assert.True(validator.Validate(null, new DistributedResponseCacheOptions()).Succeeded);
        var refused = validator.Validate(null, new DistributedResponseCacheOptions
        {
            KeyPrefix = "a b", MaxBodyBytes = 1, MaxTransferBytes = 0, MaxStale = TimeSpan.FromDays(31), MaxLifetime = TimeSpan.Zero, PollInterval = TimeSpan.Zero, ClockTolerance = TimeSpan.FromDays(1),
            OperationTimeout = TimeSpan.Zero,
        });
        Assert.Equal(8, refused.Failures!.Count());
        Assert.Contains("KeyPrefix is 'a b'; it has to have 1 to 64 printable ASCII characters and no blanks", refused.Failures!);
    }

    private sealed class CountingOrigin : IAsyncDisposable
    {
        private readonly ScriptedOrigin _origin;
        private int _count;

        public CountingOrigin(string answer) => _origin = new ScriptedOrigin(async connection =>
        {
            while (await connection.TryReadHeadAsync() is not null)
            {
                Interlocked.Increment(ref _count);
                await connection.SendAsync(answer);
            }
        });

        public Uri Uri => _origin.Uri;

        public int Count => Volatile.Read(ref _count);

        public ValueTask DisposeAsync() => _origin.DisposeAsync();
    }
}
