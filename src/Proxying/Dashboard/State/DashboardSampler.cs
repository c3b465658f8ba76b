using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Proxying.Tcp;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Reads the live state, and makes rates out of what was counted. For one thread at a time; it remembers a minute, in bounded memory.</summary>
internal sealed class DashboardSampler(IServiceProvider services, TimeProvider time, DateTimeOffset started)
{
    private static readonly string[] ServedByCache = ["hit", "stale", "collapsed", "revalidated"];

    private readonly IClusterRegistry _registry = services.GetRequiredService<IClusterRegistry>();
    private readonly IHealthReader _health = services.GetRequiredService<IHealthReader>();
    private readonly ProxyStateManager _manager = services.GetRequiredService<ProxyStateManager>();
    private readonly RequestTraffic _requests = services.GetRequiredService<RequestTraffic>();
    private readonly TcpPorts _tcp = services.GetRequiredService<TcpPorts>();
    private readonly TlsState _tls = services.GetRequiredService<TlsState>();
    private readonly IRequestExplanations _explanations = services.GetRequiredService<IRequestExplanations>();
    private readonly IResponseCacheUsage? _cacheUsage = services.GetService<IResponseCache>() as IResponseCacheUsage;
    private readonly Dictionary<(string Cluster, string Destination), TrafficSeries> _destinations = [];
    private readonly Dictionary<string, ClusterSeries> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TrafficSeries> _routes = new(StringComparer.Ordinal);
    private readonly RateWindow _cache = new();
    private readonly long _begun = time.GetTimestamp();
    private readonly string _version = typeof(DashboardSampler).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
    private DateTimeOffset _countingSince;

    /// <summary>Begins anew: what was seen before is forgotten.</summary>
    public void Begin()
    {
        _destinations.Clear();
        _clusters.Clear();
        _routes.Clear();
        _countingSince = time.GetUtcNow();
    }

    /// <summary>Reads the state of this moment.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="counters">What is counted by others.</param>
    public DashboardState Sample(long sequence, CounterWatch counters)
    {
        var at = time.GetElapsedTime(_begun).TotalSeconds;
        var now = time.GetUtcNow();
        List<ClusterState> clusters = [.. _registry.Clusters.OrderBy(static c => c.Id, StringComparer.OrdinalIgnoreCase).Select(c => Read(c, at, sequence, counters))];
        List<RouteRow> routes = [.. _manager.Applied.Routes.Select(r => Read(r, at, sequence))];
        List<CertificateState> certificates = [.. (_tls.Current?.Certificates ?? []).Select(c => Read(c, now)).OrderBy(static c => c.NotAfter)];
        Prune(sequence);
        var problems = ProblemFinder.Find(clusters, certificates, _manager.LastRefusal, _manager.Applied.Notices);
        return new()
        {
            Sequence = sequence,
            Time = now,
            CountingSince = _countingSince,
            Host = Environment.MachineName,
            Version = _version,
            Started = started,
            Problems = problems.Count > ProblemFinder.Most ? problems[..ProblemFinder.Most] : problems,
            ProblemCount = problems.Count,
            Clusters = clusters,
            Routes = routes,
            Tcp = [.. _tcp.Listening.Select(static p => new TcpPortRow(p.Name, p.LocalEndPoint.ToString(), p.OpenCount, p.Tally.Accepted, p.Tally.Refused, p.Tally.Failed, p.Tally.Received, p.Tally.Sent))],
            Cache = ReadCache(at, counters),
            Certificates = certificates,
            ExplainsRequests = _explanations.IsEnabled,
        };
    }

    private ClusterState Read(Cluster cluster, double at, long sequence, CounterWatch counters)
    {
        if (!_clusters.TryGetValue(cluster.Id, out var series)) _clusters.Add(cluster.Id, series = new());
        series.Requests.Look(at, cluster.Traffic?.Requests, sequence);
        series.Retries.Add(at, cluster.Traffic?.Retries ?? 0, 0);
        var snapshot = cluster.Snapshot;
        var health = _health.Find(cluster.Id);
        var states = health?.Destinations.ToDictionary(static d => d.Id, StringComparer.Ordinal) ?? [];
        List<DestinationRow> rows = [.. snapshot.Destinations.Select(d => Read(cluster.Id, d, states.GetValueOrDefault(d.Id), at, sequence))];
        var (requests, taken, allowed) = cluster.Feature<AttemptBudget>()?.Usage() ?? default;
        return new()
        {
            Id = cluster.Id,
            Policy = snapshot.PolicyName,
            IsPanic = snapshot.IsPanic,
            Usable = rows.Count(static r => r.Share > 0),
            InFlight = rows.Sum(static r => r.InFlight),
            Traffic = series.Requests.Traffic,
            RetriesPerSecond = Math.Round(series.Retries.Rate().PerSecond, 1),
            Budget = new(requests, taken, allowed, counters.Refused(cluster.Id)),
            History = series.Requests.History,
            Destinations = rows,
        };
    }

    private DestinationRow Read(string cluster, Destination destination, DestinationState? state, double at, long sequence)
    {
        if (!_destinations.TryGetValue((cluster, destination.Id), out var series)) _destinations.Add((cluster, destination.Id), series = new(keepsHistory: false));
        series.Look(at, destination.Traffic, sequence);
        var status = destination.Status;
        return new()
        {
            Id = destination.Id,
            Address = destination.Address.ToString(),
            Zone = destination.Options.Zone,
            Priority = destination.Options.Priority,
            Weight = destination.Weight,
            ConfiguredWeight = destination.Options.Weight,
            Share = Math.Round(state?.Share ?? 0, 4),
            State = HealthStateMetrics.StateOf(status),
            Reason = state?.Reason ?? "",
            Since = state is null || state.Since == default ? null : state.Since,
            Override = DashboardNames.Of(status.Override),
            Ejections = state?.Ejections ?? 0,
            CircuitOpen = destination.Circuit.IsOpen,
            InFlight = destination.ConcurrentRequests,
            Traffic = series.Traffic,
        };
    }

    private RouteRow Read(RouteOptions route, double at, long sequence)
    {
        if (!_routes.TryGetValue(route.RouteId, out var series)) _routes.Add(route.RouteId, series = new(keepsHistory: false));
        series.Look(at, _requests.Find(route.RouteId), sequence);
        return new()
        {
            Id = route.RouteId,
            Match = DashboardNames.Of(route.Match),
            Clusters = [.. route.ClusterIds],
            IsCached = route.ResponseCache is { Enabled: true },
            Cache = route.ResponseCache is { Enabled: true } ? _requests.FindCache(route.RouteId)?.State ?? default : null,
            Traffic = series.Traffic,
        };
    }

    private CacheState ReadCache(double at, CounterWatch counters)
    {
        var results = counters.Cache;
        var (all, served) = (0L, 0L);
        foreach (var (result, count) in results)
        {
            all += count;
            if (Array.IndexOf(ServedByCache, result) >= 0) served += count;
        }

        _cache.Add(at, all, all - served);
        return new()
        {
            Bytes = _cacheUsage?.Bytes,
            Entries = _cacheUsage?.Entries,
            Evictions = _cacheUsage?.Evictions,
            Results = results,
            HitShare = _cache.Count > 0 ? Math.Round(1 - _cache.Rate().ErrorShare, 4) : null,
        };
    }

    private static CertificateState Read(ServedCertificate certificate, DateTimeOffset now) =>
        new(certificate.Name, certificate.Subject, certificate.Hosts, certificate.NotBefore, certificate.NotAfter, Math.Round((certificate.NotAfter - now).TotalDays, 1));

    // What is gone from the configuration is gone from here.
    private void Prune(long sequence)
    {
        foreach (var (key, series) in _destinations)
        {
            if (series.SeenAt != sequence) _destinations.Remove(key);
        }

        foreach (var (key, series) in _clusters)
        {
            if (series.Requests.SeenAt != sequence) _clusters.Remove(key);
        }

        foreach (var (key, series) in _routes)
        {
            if (series.SeenAt != sequence) _routes.Remove(key);
        }
    }

    private sealed class ClusterSeries
    {
        public TrafficSeries Requests { get; } = new(keepsHistory: true);

        public RateWindow Retries { get; } = new();
    }
}
