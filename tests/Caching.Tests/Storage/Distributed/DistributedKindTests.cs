using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Caching.Tests.Storage;

namespace Net2Secure.Routing.Caching.Tests.Storage.Distributed;

/// <summary>The kind <c>Distributed</c>: every setting gets where it belongs, and what is missing is told.</summary>
public sealed class DistributedKindTests
{
    [Fact]
    public void Read_EverySetting_GetsIntoTheOptions()
    {
        var settings = WrittenSettings.AllOf<DistributedResponseCacheOptions>();
        settings.AssertIn(DistributedKind.ReadOptions(settings));
    }

    [Fact]
    public void Read_NothingWritten_IsAsInCode()
    {
        using var services = new ServiceCollection().AddDistributedMemoryCache().AddNet2ResponseCache().BuildServiceProvider();
        var settings = new WrittenSettings(new Dictionary<string, object>());
        var chosen = services.GetRequiredService<IResponseCacheKind>().Read(settings);
        Assert.Empty(settings.Reported);
        Assert.Equal((new DistributedResponseCacheOptions().MaxBodyBytes, true), (chosen.MaxBodyBytes, chosen.IsShared));
        using var store = (IDisposable)chosen.Create();
        Assert.IsType<DistributedResponseCache>(store);
    }

    [Fact]
    public void Read_NoCacheInTheApplication_SaysWhatToDo()
    {
        using var services = new ServiceCollection().AddNet2ResponseCache().BuildServiceProvider();
        var settings = new WrittenSettings(new Dictionary<string, object>());
        services.GetRequiredService<IResponseCacheKind>().Read(settings);
        var (key, message) = Assert.Single(settings.Reported);
        Assert.Equal("ServiceKey", key);
        Assert.Contains("AddStackExchangeRedisCache", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shared", true)]
    [InlineData("other", false)]
    public void Read_CacheWithAKey_IsFoundByIt(string key, bool isThere)
    {
        using var services = new ServiceCollection().AddNet2ResponseCache()
            .AddKeyedSingleton<IDistributedCache>("shared", (_, _) => throw new InvalidOperationException("Nothing is made while settings are read.")).BuildServiceProvider();
        var settings = new WrittenSettings(new Dictionary<string, object> { ["ServiceKey"] = key });
        services.GetRequiredService<IResponseCacheKind>().Read(settings);
        if (isThere) Assert.Empty(settings.Reported);
        else Assert.Contains("'other'", Assert.Single(settings.Reported).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SettingsThatDoNotFitEachOther_AreReportedByName()
    {
        using var services = new ServiceCollection().AddDistributedMemoryCache().AddNet2ResponseCache().BuildServiceProvider();
        var settings = new WrittenSettings(new Dictionary<string, object> { ["MaxBodyBytes"] = 2_000_000L, ["MaxTransferBytes"] = 1_000_000L, ["KeyPrefix"] = "a b" });
        services.GetRequiredService<IResponseCacheKind>().Read(settings);
        Assert.Equal(["KeyPrefix", "MaxTransferBytes"], settings.Reported.Select(r => r.Key));
    }
}
