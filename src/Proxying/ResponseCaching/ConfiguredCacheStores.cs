using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>Makes the stores what the section <c>Cache</c> says. Asked once, when the first route with a cache comes to life.</summary>
internal sealed class ConfiguredCacheStores(IEnumerable<IProxyConfigProvider> sources, IHostEnvironment environment, TimeProvider time, ILoggerFactory loggers)
    : IConfigureOptions<MemoryResponseCacheOptions>, ISecondTierSource, IDisposable
{
    private SecondTier? _disk;

    public void Configure(MemoryResponseCacheOptions options)
    {
        if (Find()?.Memory is not { } memory) return;
        options.MaxBytes = memory.MaxBytes ?? options.MaxBytes;
        options.MaxBodyBytes = memory.MaxBodyBytes ?? Math.Min(options.MaxBodyBytes, options.MaxBytes / 4);
    }

    public SecondTier? Create()
    {
        if (Find()?.Disk is not { } disk) return null;
        var options = new DiskResponseCacheOptions { Path = Path.GetFullPath(disk.Path, environment.ContentRootPath) };
        options.MaxBytes = disk.MaxBytes ?? options.MaxBytes;
        options.MaxBodyBytes = disk.MaxBodyBytes ?? Math.Min(options.MaxBodyBytes, options.MaxBytes / 4);
        options.FlushToDisk = disk.FlushToDisk ?? options.FlushToDisk;
        var result = new DiskResponseCacheOptionsValidator().Validate(null, options);
        if (result.Failed) throw new OptionsValidationException("Cache:Disk", typeof(DiskResponseCacheOptions), result.Failures.Select(static failure => "Cache:Disk: " + failure));
        return _disk = new DiskTier(Options.Create(options), time, loggers);
    }

    public void Dispose() => _disk?.Dispose();

    private CacheStoreSettings? Find() => sources.Select(static s => (s.GetConfig() as IRootedProxyConfig)?.Cache).FirstOrDefault(static c => c is not null);
}
