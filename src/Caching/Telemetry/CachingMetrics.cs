using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Caching;

/// <summary>What the cache measures.</summary>
internal sealed class CachingMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Net2Secure.Routing.Caching";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _storeFailures;
    private readonly Counter<long> _invalidations;
    private readonly Counter<long> _purges;

    public CachingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("net2.cache.requests", "{request}", "Requests that passed the cache, by how they were answered.");
        _storeFailures = meter.CreateCounter<long>("net2.cache.store_failures", "{failure}", "Calls of the store that failed or were late.");
        _invalidations = meter.CreateCounter<long>("net2.cache.invalidations", "{invalidation}", "URIs that an unsafe request made invalid.");
        _purges = meter.CreateCounter<long>("net2.cache.purges", "{purge}", "Purges that were asked for.");
    }

    /// <summary>Lets listeners observe a store that counts.</summary>
    public static void Observe(IMeterFactory meters, IResponseCacheUsage usage)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter("net2.cache.size", () => usage.Bytes, "By", "Bytes that stored responses take, heads and overhead included.");
        meter.CreateObservableUpDownCounter("net2.cache.entries", () => usage.Entries, "{response}", "Responses stored.");
        meter.CreateObservableCounter("net2.cache.evictions", () => usage.Evictions, "{response}", "Responses that had to make room for others.");
    }

    /// <param name="result">One of <see cref="CacheResults"/>.</param>
    public void Answered(string result)
    {
        if (_requests.Enabled) _requests.Add(1, new KeyValuePair<string, object?>("net2.cache.result", result));
    }

    public void StoreFailed() => _storeFailures.Add(1);

    public void Purged() => _purges.Add(1);

    public void Invalidated() => _invalidations.Add(1);
}
