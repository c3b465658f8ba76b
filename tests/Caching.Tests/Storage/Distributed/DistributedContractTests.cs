using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Storage.Distributed;

/// <summary>Over the distributed cache of the platform that is not distributed.</summary>
public sealed class DistributedContractTests : ResponseCacheContract
{
    protected override IResponseCache Create() => Over(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));

    internal static DistributedResponseCache Over(IDistributedCache cache) =>
        new(cache, new DistributedResponseCacheOptions(), new ManualTimeProvider(TimeProvider.System.GetUtcNow()), NullLogger.Instance);
}

/// <summary>Over one that spares copies.</summary>
public sealed class BufferedDistributedContractTests : ResponseCacheContract
{
    protected override IResponseCache Create() => DistributedContractTests.Over(new BufferedValues(TimeProvider.System));
}
