using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Caching;

/// <summary>What two tiers measure, each under its name in the attribute <c>net2.cache.tier</c>.</summary>
internal sealed class TierMetrics
{
    /// <summary>The tier in front.</summary>
    public const string Memory = "memory";

    private const string TierName = "net2.cache.tier";
    private const string ResultName = "net2.cache.tier.result";

    private readonly Counter<long> _lookups;
    private readonly KeyValuePair<string, object?> _front = new(TierName, Memory);
    private readonly KeyValuePair<string, object?> _behind;
    private readonly KeyValuePair<string, object?> _hit = new(ResultName, "hit");
    private readonly KeyValuePair<string, object?> _miss = new(ResultName, "miss");

    public TierMetrics(IMeterFactory meters, string behind)
    {
        _behind = new(TierName, behind);
        _lookups = meters.Create(CachingMetrics.MeterName).CreateCounter<long>("net2.cache.tier.lookups", "{lookup}", "Keys looked for in a tier of the store, by whether it had all that was wanted.");
    }

    /// <summary>Lets listeners observe the tiers.</summary>
    public void Observe(IMeterFactory meters, IResponseCacheUsage front, IResponseCacheUsage? behind, Func<long> dropped)
    {
        var meter = meters.Create(CachingMetrics.MeterName);
        meter.CreateObservableUpDownCounter("net2.cache.size", () => Both(front, behind, static usage => usage.Bytes), "By", "Bytes that stored responses take, heads and overhead included.");
        meter.CreateObservableUpDownCounter("net2.cache.entries", () => Both(front, behind, static usage => usage.Entries), "{response}", "Responses stored.");
        meter.CreateObservableCounter("net2.cache.evictions", () => Both(front, behind, static usage => usage.Evictions), "{response}", "Responses that had to make room for others.");
        meter.CreateObservableCounter("net2.cache.tier.dropped_writes", () => new Measurement<long>(dropped(), _behind), "{response}", "Responses that found no room in the line of those to be written, and are kept in memory only.");
    }

    public void Front(bool isHit)
    {
        if (_lookups.Enabled) _lookups.Add(1, _front, isHit ? _hit : _miss);
    }

    public void Behind(bool isHit)
    {
        if (_lookups.Enabled) _lookups.Add(1, _behind, isHit ? _hit : _miss);
    }

    private Measurement<long>[] Both(IResponseCacheUsage front, IResponseCacheUsage? behind, Func<IResponseCacheUsage, long> read) =>
        behind is null ? [new(read(front), _front)] : [new(read(front), _front), new(read(behind), _behind)];
}
