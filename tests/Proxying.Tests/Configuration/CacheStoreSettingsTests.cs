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
    public void Setting_ThatMakesNoSense_IsRefusedByPath(string cache, string path, string message)
    {
        var error = Assert.Throws<ProxyConfigException>(() => ConfiguredProxy.FromJson($$"""{ "Net2Proxy": { "Cache": { {{cache}} }, {{Rest}} } }"""));
        Assert.Contains(error.Errors, e => e.Path == "Net2Proxy:" + path && e.Message.Contains(message, StringComparison.Ordinal));
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
}
