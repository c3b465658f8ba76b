using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>The store on disk as the second tier of an application.</summary>
internal sealed class DiskTier(IOptions<DiskResponseCacheOptions> options, TimeProvider time, ILoggerFactory loggers)
    : SecondTier(new DiskResponseCache(options.Value, time, loggers.CreateLogger("Net2Secure.Routing.Caching")), "disk", options.Value.MaxBodyBytes, isShared: false);
