using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>What all engines over one store know together: what was invalidated and purged, what was learnt of keys, and the counters.</summary>
internal sealed class CachingShared : IDisposable
{
    /// <summary>For how long requests for a key do not wait for one another after it has turned out that they cannot share a response.</summary>
    public static readonly TimeSpan UnsharedFor = TimeSpan.FromSeconds(10);

    /// <summary>How long a removal that failed is remembered and tried again.</summary>
    public static readonly TimeSpan RemovalsFor = TimeSpan.FromHours(1);

    /// <param name="cache">The store.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meters">For metrics.</param>
    /// <param name="logger">For messages.</param>
    public CachingShared(IResponseCache cache, TimeProvider time, IMeterFactory meters, ILogger logger)
    {
        Cache = cache;
        Time = time;
        Logger = logger;
        Metrics = new CachingMetrics(meters);
        Unshared = new RecentKeys(UnsharedFor, time);
        Unremoved = new RecentKeys(RemovalsFor, time);
        Purger = new ResponseCachePurger(cache, this, time, logger);
        if (cache is IPurgeSource source) source.Purged += PurgedElsewhere;
    }

    public IResponseCache Cache { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public CachingMetrics Metrics { get; }

    public ResponseCachePurger Purger { get; }

    public InvalidationStamps Stamps { get; } = new();

    public RecentPurges Purges { get; } = new();

    public UnfinishedPurges Unfinished { get; } = new();

    /// <summary>Keys whose responses requests cannot share.</summary>
    public RecentKeys Unshared { get; }

    /// <summary>Keys that the store has failed to remove.</summary>
    public RecentKeys Unremoved { get; }

    /// <summary>What has been invalidated and purged by now.</summary>
    public FetchStamp StampOf(CacheKey key) => new(Stamps[key.Uri], Purges.Count);

    /// <summary>Whether a response whose fetch began under this stamp may still be stored, or waited for.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="tags">Its tags; <see langword="null"/>: not known yet.</param>
    /// <param name="stamp">The stamp.</param>
    public bool IsCurrent(CacheKey key, IReadOnlyList<string>? tags, FetchStamp stamp) =>
        Stamps[key.Uri] == stamp.Invalidations && !Purges.HaveConcerned(stamp.Purges, key, tags);

    public void Dispose() => Purger.Dispose();

    /// <summary>Keeps out what is under way while another process has purged it. URIs, which unsafe requests make many of, have a table of their own, where they do not crowd out the rest.</summary>
    private void PurgedElsewhere(object? sender, CachePurgedEventArgs purged)
    {
        var purge = purged.Purge;
        if (purge is { Kind: CachePurgeKind.Uri, IsSoft: false }) Stamps.Invalidate(purge.Value);
        else Purges.Add(purge);
    }
}
