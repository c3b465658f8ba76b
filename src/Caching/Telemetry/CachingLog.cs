using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>Messages of the cache. None has a key in it: a URI may carry secrets.</summary>
internal static partial class CachingLog
{
    [LoggerMessage(3000, LogLevel.Warning, "The store of the cache fails or is late; requests go to the origin without it until it works again.", EventName = "CacheStoreFailing")]
    public static partial void StoreFailing(ILogger logger, Exception exception);

    [LoggerMessage(3001, LogLevel.Information, "The store of the cache works again.", EventName = "CacheStoreRecovered")]
    public static partial void StoreRecovered(ILogger logger);

    [LoggerMessage(3002, LogLevel.Debug, "A revalidation in the background failed; the stored response stays as it is.", EventName = "CacheBackgroundFailed")]
    public static partial void BackgroundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3003, LogLevel.Debug, "A response ended before its body was complete and is not stored.", EventName = "CacheBodyIncomplete")]
    public static partial void BodyIncomplete(ILogger logger, Exception exception);

    [LoggerMessage(3010, LogLevel.Warning, "What other processes have purged cannot be read from the shared cache; responses are neither found there nor stored until it can.", EventName = "CachePurgesBehind")]
    public static partial void PurgesBehind(ILogger logger, Exception exception);

    [LoggerMessage(3011, LogLevel.Information, "What other processes have purged is known again.", EventName = "CachePurgesInStep")]
    public static partial void PurgesInStep(ILogger logger);
}
