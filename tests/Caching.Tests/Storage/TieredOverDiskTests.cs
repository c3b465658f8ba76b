using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Net2Secure.Routing.Caching.Tests.Storage;

/// <summary>Memory in front of a disk, with room for most of what the contract stores.</summary>
public sealed class TieredOverDiskTests : TieredContract
{
    protected override long FrontBytes => 8 * 1024 * 1024;
}

/// <summary>Memory in front of a disk that holds next to nothing, so that the disk has to do the work.</summary>
public sealed class TieredSmallFrontTests : TieredContract
{
    protected override long FrontBytes => 64 * 1024;
}

public abstract class TieredContract : ResponseCacheContract, IDisposable
{
    private readonly DiskUnderTest _disk = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    protected abstract long FrontBytes { get; }

    public void Dispose()
    {
        _disk.Dispose();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override IResponseCache Create()
    {
        var front = new MemoryResponseCache(new MemoryResponseCacheOptions { MaxBytes = FrontBytes, MaxBodyBytes = FrontBytes / 4 });
        var tier = new SecondTier(_disk.Open(), "disk", _disk.Options.MaxBodyBytes, isShared: false);
        return new TieredResponseCache(
            front, tier, new TieredResponseCacheOptions { Timeout = TimeSpan.FromSeconds(30) }, TimeProvider.System, _services.GetRequiredService<IMeterFactory>(), NullLogger.Instance);
    }
}
