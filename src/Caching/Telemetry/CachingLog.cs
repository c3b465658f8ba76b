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

    [LoggerMessage(3004, LogLevel.Warning, "A purge by {Kind} could not be carried out by the store of the cache. What it concerns is not used meanwhile; it is tried again.", EventName = "CachePurgeFailed")]
    public static partial void PurgeFailed(ILogger logger, CachePurgeKind kind, Exception exception);

    [LoggerMessage(3003, LogLevel.Debug, "A response ended before its body was complete and is not stored.", EventName = "CacheBodyIncomplete")]
    public static partial void BodyIncomplete(ILogger logger, Exception exception);
}
