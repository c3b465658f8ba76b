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

    [LoggerMessage(3010, LogLevel.Warning, "The disk cache goes without its folder for now and tries again every few seconds: {Reason}", EventName = "DiskCacheFolderRefused")]
    public static partial void DiskFolderRefused(ILogger logger, string reason, Exception exception);

    [LoggerMessage(3011, LogLevel.Information, "The disk cache has its folder {Folder} now.", EventName = "DiskCacheFolderOpened")]
    public static partial void DiskFolderOpened(ILogger logger, string folder);

    [LoggerMessage(3012, LogLevel.Warning, "{Reason} Nothing is stored there for a few seconds; what is stored can still be read.", EventName = "DiskCacheNotWritable")]
    public static partial void DiskNotWritable(ILogger logger, string reason, Exception exception);

    [LoggerMessage(3013, LogLevel.Information, "The disk cache can write to its folder again.", EventName = "DiskCacheWritable")]
    public static partial void DiskWritable(ILogger logger);

    [LoggerMessage(3014, LogLevel.Debug, "A file of the disk cache is torn or not one of its own, and is removed.", EventName = "DiskCacheFileBroken")]
    public static partial void DiskFileBroken(ILogger logger);

    [LoggerMessage(3015, LogLevel.Warning, "A file of the disk cache that is not needed any more could not be removed; it is tried again at the next start.", EventName = "DiskCacheFileStays")]
    public static partial void DiskFileStays(ILogger logger, Exception exception);

    [LoggerMessage(3016, LogLevel.Warning, "A part of the folder of the disk cache could not be looked through; it is tried again.", EventName = "DiskCacheFolderUnread")]
    public static partial void DiskFolderUnread(ILogger logger, Exception exception);

    [LoggerMessage(3017, LogLevel.Warning, "A purge could not be carried out in all files of the disk cache; it counts nevertheless, and is tried again.", EventName = "DiskCacheSweepFailed")]
    public static partial void DiskSweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(3020, LogLevel.Warning, "The store behind the one in memory fails or is late; it is left alone for a few seconds at a time until it works again.", EventName = "CacheTierFailing")]
    public static partial void TierFailing(ILogger logger, Exception exception);

    [LoggerMessage(3021, LogLevel.Information, "The store behind the one in memory works again.", EventName = "CacheTierRecovered")]
    public static partial void TierRecovered(ILogger logger);

    [LoggerMessage(3022, LogLevel.Warning, "Responses could not be removed from the store behind the one in memory; nothing is looked for there until that has been made up for.", EventName = "CacheTierNotPurged")]
    public static partial void TierNotPurged(ILogger logger);

    [LoggerMessage(3023, LogLevel.Information, "What was to be removed from the store behind the one in memory is removed; it is looked into again.", EventName = "CacheTierPurged")]
    public static partial void TierPurged(ILogger logger);

    [LoggerMessage(3030, LogLevel.Warning, "What other processes have purged cannot be read from the shared cache; responses are neither found there nor stored until it can.", EventName = "CachePurgesBehind")]
    public static partial void PurgesBehind(ILogger logger, Exception exception);

    [LoggerMessage(3031, LogLevel.Information, "What other processes have purged is known again.", EventName = "CachePurgesInStep")]
    public static partial void PurgesInStep(ILogger logger);
}
