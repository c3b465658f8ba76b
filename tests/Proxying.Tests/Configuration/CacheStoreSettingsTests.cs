using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>The section <c>Cache</c>: read, checked, made true, and announced where it changes too late.</summary>
public sealed class CacheStoreSettingsTests : IDisposable
{
    private const string Rest = """ "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" }, "ResponseCache": { "Enabled": true } } }, "Clusters": { "c": {} } """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("net2cache");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("\"Memory\": { \"MaxBytes\": 1000 }", "Cache:Memory:MaxBytes", "65536 to 1099511627776")]
    [InlineData("\"Memory\": { \"MaxBytes\": 1000000, \"MaxBodyBytes\": 300000 }", "Cache:Memory:MaxBodyBytes", "more than a quarter of MaxBytes, 250000")]
    [InlineData("\"Memory\": { \"Size\": 1 }", "Cache:Memory:Size", "unknown")]
    [InlineData("\"Disk\": { \"MaxBytes\": 5000000 }", "Cache:Disk:Path", "is required")]
    [InlineData("\"Disk\": { \"Path\": \"x\", \"MaxBytes\": 5 }", "Cache:Disk:MaxBytes", "1048576 to")]
    [InlineData("\"Disk\": { \"Path\": \"x\", \"MaxBytes\": 2000000, \"MaxBodyBytes\": 600000 }", "Cache:Disk:MaxBodyBytes", "quarter")]
    [InlineData("\"Tiers\": { \"Timeout\": \"00:02:00\" }", "Cache:Tiers:Timeout", "00:01:00")]
    [InlineData("\"Tiers\": { \"Writers\": 0 }", "Cache:Tiers:Writers", "1 to 64")]
    [InlineData("\"Distributed\": {}", "Cache:Distributed:ServiceKey", "has no IDistributedCache. Add one")]
    [InlineData("\"Distributed\": { \"MaxBodyBytes\": 5 }", "Cache:Distributed:MaxBodyBytes", "1024 to 67108864")]
    [InlineData("\"Distributed\": { \"MaxBodyBytes\": 4000000, \"MaxTransferBytes\": 2000000 }", "Cache:Distributed:MaxTransferBytes", "4000000 to")]
    [InlineData("\"Distributed\": { \"Prefix\": \"x\" }", "Cache:Distributed:Prefix", "is unknown. Known are: ServiceKey, KeyPrefix")]
    [InlineData("\"Distributed\": \"Host=db;Password=hidden\"", "Cache:Distributed", "is a text; a section is expected")]
    [InlineData("\"Disk\": { \"Path\": \"x\" }, \"Distributed\": {}", "Cache:Distributed", "is one of 2 stores behind the one in memory (Disk, Distributed)")]
    [InlineData("\"Postgres\": { \"ConnectionStringName\": \"cache\" }", "Cache:Postgres", "Reference the package Net2Secure.Routing.Caching.Postgres, and call services.AddNet2PostgresResponseCacheKind()")]
    [InlineData("\"Postgre\": {}", "Cache:Postgre", "unknown")]
    public void Setting_ThatMakesNoSense_IsRefusedByPath(string cache, string path, string message)
    {
        var error = Assert.Throws<ProxyConfigException>(() => ConfiguredProxy.FromJson($$"""{ "Net2Proxy": { "Cache": { {{cache}} }, {{Rest}} } }"""));
        Assert.Contains(error.Errors, e => e.Path == "Net2Proxy:" + path && e.Message.Contains(message, StringComparison.Ordinal));
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_Bounds_AreThoseOfTheStore()
    {
        await using var proxy = ConfiguredProxy.FromJson($$"""{ "Net2Proxy": { "Cache": { "Memory": { "MaxBytes": 1000000 } }, {{Rest}} } }""");
        var options = proxy.App.Services.GetRequiredService<IOptions<MemoryResponseCacheOptions>>().Value;
        Assert.Equal((1_000_000, 250_000), (options.MaxBytes, options.MaxBodyBytes));
        Assert.Equal("MemoryResponseCache", proxy.App.Services.GetRequiredService<IResponseCache>().GetType().Name);
    }

    [Fact]
    public async Task Disk_Folder_IsBehindTheMemory()
    {
        var path = Path.Combine(_folder.FullName, "cache").Replace('\\', '/');
        await using (var proxy = ConfiguredProxy.FromJson($$"""{ "Net2Proxy": { "Cache": { "Disk": { "Path": "{{path}}", "FlushToDisk": false } }, {{Rest}} } }"""))
            Assert.Equal("TieredResponseCache", proxy.App.Services.GetRequiredService<IResponseCache>().GetType().Name);
        Assert.NotEmpty(Directory.GetFileSystemEntries(path));
    }

    [Fact]
    public async Task Tiers_Bounds_AreThoseBetweenTheStores()
    {
        const string tiers = """ "Tiers": { "Timeout": "00:00:00.200", "MaxQueuedBytes": 70000, "Writers": 3, "WriteTimeout": "00:00:07", "StopTimeout": "00:00:01" } """;
        await using var proxy = ConfiguredProxy.FromJson($$"""{ "Net2Proxy": { "Cache": { {{tiers}} }, {{Rest}} } }""");
        var options = proxy.App.Services.GetRequiredService<IOptions<TieredResponseCacheOptions>>().Value;
        Assert.Equal((TimeSpan.FromMilliseconds(200), 70_000, 3), (options.Timeout, options.MaxQueuedBytes, options.Writers));
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(1)), (options.WriteTimeout, options.StopTimeout));
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{ "ServiceKey": "shared", "KeyPrefix": "shop:" }""", "shared")]
    public async Task Distributed_CacheOfTheApplication_IsBehindTheMemory(string settings, string? key)
    {
        await using var proxy = ConfiguredProxy.FromJson(
            $$"""{ "Net2Proxy": { "Cache": { "Distributed": {{settings}} }, {{Rest}} } }""",
            builder =>
            {
                if (key is null) builder.Services.AddDistributedMemoryCache();
                else builder.Services.AddKeyedSingleton<IDistributedCache>(key, new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));
            });
        var cache = proxy.App.Services.GetRequiredService<IResponseCache>();
        Assert.Equal("TieredResponseCache", cache.GetType().Name);
        await cache.PurgeAsync(CachePurge.ForEverything(), default);
        var values = key is null ? proxy.App.Services.GetRequiredService<IDistributedCache>() : proxy.App.Services.GetRequiredKeyedService<IDistributedCache>(key);
        Assert.NotNull(await values.GetAsync(key is null ? "net2:processes" : "shop:processes"));
    }

    [Fact]
    public async Task Kind_OfTheApplication_IsReadAndMade()
    {
        var kind = new OwnKind();
        await using var proxy = ConfiguredProxy.FromJson(
            $$"""{ "Net2Proxy": { "Cache": { "Own": { "Name": "n", "Size": 5, "Wait": "00:00:02", "Flag": true } }, {{Rest}} } }""", builder => builder.Services.AddSingleton<IResponseCacheKind>(kind));
        Assert.Equal("TieredResponseCache", proxy.App.Services.GetRequiredService<IResponseCache>().GetType().Name);
        Assert.Equal("n 5 00:00:02 True", kind.Made);
    }

    [Theory]
    [InlineData("\"Size\": 50", "Cache:Own:Size", "1 to 9")]
    [InlineData("\"Size\": 7", "Cache:Own:Size", "is the number of bad luck")]
    [InlineData("\"Secret\": \"hidden\"", "Cache:Own:Secret", "name it instead")]
    [InlineData("\"Siz\": 5", "Cache:Own:Siz", "unknown")]
    [InlineData("\"Name\": \"throw\"", "Cache:Own", "OwnKind threw FormatException: no such name")]
    public void Kind_OfTheApplication_IsHeardByPath(string settings, string path, string message)
    {
        var errors = ConfiguredProxy.ErrorsOf($$"""{ "Net2Proxy": { "Cache": { "Own": { {{settings}} } }, {{Rest}} } }""", builder => builder.Services.AddSingleton<IResponseCacheKind>(new OwnKind()));
        Assert.Contains(errors, e => e.Path == "Net2Proxy:" + path && e.Message.Contains(message, StringComparison.Ordinal) && !e.Message.Contains("hidden", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("Distributed")]
    [InlineData("a:b")]
    public void Kind_NameOfAnother_IsRefused(string name)
    {
        var refused = Assert.Throws<InvalidOperationException>(
            () => ConfiguredProxy.FromJson($$"""{ "Net2Proxy": { {{Rest}} } }""", builder => builder.Services.AddSingleton<IResponseCacheKind>(new OwnKind { Name = name })));
        Assert.Contains($"OwnKind cannot be called '{name}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kind_ChangedWhileTheProxyRuns_IsAnnouncedAndRefusedWhereItIsWrong()
    {
        await using var proxy = ConfiguredProxy.Create(
            p => p.AddRoute("r", r => (r.ClusterId, r.Match.Path) = ("c", "/")).AddCluster("c", _ => { }),
            builder =>
            {
                builder.Services.AddSingleton<IResponseCacheKind>(new OwnKind());
                builder.Configuration.AddInMemoryCollection([new("Net2Proxy:Cache:Own:Size", "2")]);
            });
        Assert.Empty(proxy.Inspector.Notices);
        var configuration = (IConfigurationRoot)proxy.App.Configuration;
        configuration["Net2Proxy:Cache:Own:Size"] = "3";
        configuration.Reload();
        Assert.Equal("Net2Proxy:Cache", Assert.Single(proxy.Inspector.Notices).Path);
        configuration["Net2Proxy:Cache:Own:Name"] = "throw";
        configuration.Reload();
        Assert.Contains(proxy.Log.Messages, m => m.Contains("no such name", StringComparison.Ordinal));
        configuration["Net2Proxy:Cache:Own:Name"] = null;
        configuration["Net2Proxy:Cache:Own:Size"] = "2";
        configuration.Reload();
        Assert.Empty(proxy.Inspector.Notices);
    }

    [Fact]
    public async Task Cache_ChangedWhileTheProxyRuns_IsAnnounced()
    {
        await using var proxy = ConfiguredProxy.Create(
            p => p.AddRoute("r", r => (r.ClusterId, r.Match.Path) = ("c", "/")).AddCluster("c", _ => { }),
            builder => builder.Configuration.AddInMemoryCollection([new("Net2Proxy:Cache:Memory:MaxBytes", "1000000"), new("Net2Proxy:Cache:Memory:MaxBodyBytes", "100000")]));
        Assert.Empty(proxy.Inspector.Notices);
        var configuration = (IConfigurationRoot)proxy.App.Configuration;
        configuration["Net2Proxy:Cache:Memory:MaxBytes"] = "2000000";
        configuration.Reload();
        Assert.Equal("Net2Proxy:Cache", Assert.Single(proxy.Inspector.Notices).Path);
    }

    private sealed class OwnKind : IResponseCacheKind
    {
        public string Name { get; init; } = "Own";

        public string? Made { get; private set; }

        public ChosenResponseCache Read(ResponseCacheSettings settings)
        {
            var (name, size, wait, flag) = (settings.Text("Name"), settings.Number("Size", 1, 9), settings.Duration("Wait", TimeSpan.Zero, TimeSpan.FromSeconds(5)), settings.Boolean("Flag"));
            settings.Refuse("Secret", "is a secret: name it instead.");
            if (size == 7) settings.Report("Size", "is the number of bad luck.");
            if (name == "throw") throw new FormatException("no such name");
            return new ChosenResponseCache(
                () =>
                {
                    Made = FormattableString.Invariant($"{name} {size} {wait} {flag}");
                    return new Moq.Mock<IResponseCache>().Object;
                },
                1000,
                IsShared: true);
        }
    }
}
