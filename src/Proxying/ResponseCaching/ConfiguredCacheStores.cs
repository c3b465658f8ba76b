using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>Makes the stores what the section <c>Cache</c> says. Asked once, when the first route with a cache comes to life.</summary>
internal sealed class ConfiguredCacheStores(IEnumerable<IProxyConfigProvider> sources, IHostEnvironment environment, TimeProvider time, ILoggerFactory loggers)
    : IConfigureOptions<MemoryResponseCacheOptions>, IConfigureOptions<TieredResponseCacheOptions>, ISecondTierSource, IDisposable
{
    private SecondTier? _behind;

    public void Configure(MemoryResponseCacheOptions options)
    {
        if (Find()?.Memory is not { } memory) return;
        options.MaxBytes = memory.MaxBytes ?? options.MaxBytes;
        options.MaxBodyBytes = memory.MaxBodyBytes ?? Math.Min(options.MaxBodyBytes, options.MaxBytes / 4);
    }

    public void Configure(TieredResponseCacheOptions options)
    {
        if (Find()?.Tiers is not { } tiers) return;
        options.Timeout = tiers.Timeout ?? options.Timeout;
        options.MaxQueuedBytes = tiers.MaxQueuedBytes ?? options.MaxQueuedBytes;
        options.Writers = tiers.Writers ?? options.Writers;
        options.WriteTimeout = tiers.WriteTimeout ?? options.WriteTimeout;
        options.StopTimeout = tiers.StopTimeout ?? options.StopTimeout;
    }

    public SecondTier? Create() => _behind = Find() switch
    {
        { Chosen: { } chosen } => new SecondTier(chosen.Store.Create(), chosen.Kind.ToLowerInvariant(), chosen.Store.MaxBodyBytes, chosen.Store.IsShared),
        { Disk: { } disk } => CreateDisk(disk),
        _ => null,
    };

    public void Dispose() => _behind?.Dispose();

    private DiskTier CreateDisk(DiskStoreSettings disk)
    {
        var options = new DiskResponseCacheOptions { Path = Path.GetFullPath(disk.Path, environment.ContentRootPath) };
        options.MaxBytes = disk.MaxBytes ?? options.MaxBytes;
        options.MaxBodyBytes = disk.MaxBodyBytes ?? Math.Min(options.MaxBodyBytes, options.MaxBytes / 4);
        options.FlushToDisk = disk.FlushToDisk ?? options.FlushToDisk;
        var result = new DiskResponseCacheOptionsValidator().Validate(null, options);
        if (result.Failed) throw new OptionsValidationException("Cache:Disk", typeof(DiskResponseCacheOptions), result.Failures.Select(static failure => "Cache:Disk: " + failure));
        return new DiskTier(Options.Create(options), time, loggers);
    }

    private CacheStoreSettings? Find() => sources.Select(static s => (s.GetConfig() as IRootedProxyConfig)?.Cache).FirstOrDefault(static c => c is not null);
}
