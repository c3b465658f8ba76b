using System.Collections.Concurrent;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Counts the requests of routes and clusters while somebody looks on. Counting does not allocate once a route is known.</summary>
internal sealed class RequestTraffic(TrafficAudience audience, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TrafficTally> _routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CacheTally> _caches = new(StringComparer.Ordinal);

    /// <summary>Whether requests are to be counted.</summary>
    public bool IsOn => audience.IsOn;

    /// <summary>A request is over.</summary>
    public void Count(RouteState route, RequestRecord record, TimeSpan elapsed)
    {
        // A client that goes away is no failure; one that is cut off in the middle of an answer is one, whatever the status was.
        var isError = !record.HasClientGone && (record.Status >= 500 || record.IsAborted);
        _routes.GetOrAdd(route.RouteId, static (_, clock) => new TrafficTally(clock), time).Add(elapsed, isError);
        route.Cluster?.Traffic?.CountRequest(elapsed, isError, record.Attempts);
        if (record.CacheResult is { } result) _caches.GetOrAdd(route.RouteId, static _ => new CacheTally()).Add(result, record.SentBytes);
    }

    /// <summary>What was counted for a route; <see langword="null"/>: nothing.</summary>
    public TrafficTally? Find(string routeId) => _routes.GetValueOrDefault(routeId);

    /// <summary>How the cache answered the requests of a route; <see langword="null"/>: it answered none.</summary>
    public CacheTally? FindCache(string routeId) => _caches.GetValueOrDefault(routeId);

    /// <summary>Nobody looks on any more.</summary>
    public void Forget()
    {
        _routes.Clear();
        _caches.Clear();
    }
}
