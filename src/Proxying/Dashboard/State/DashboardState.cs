using System.Text.Json.Serialization;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>All that the dashboard shows, at one moment.</summary>
internal sealed record DashboardState
{
    /// <summary>Grows by one with each state.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Since when traffic is counted: it is only while somebody looks on.</summary>
    public required DateTimeOffset CountingSince { get; init; }

    public required string Host { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>What is wrong and why, the worst first.</summary>
    public required IReadOnlyList<ProblemState> Problems { get; init; }

    /// <summary>How many there are: <see cref="Problems"/> is bounded.</summary>
    public required int ProblemCount { get; init; }

    public required IReadOnlyList<ClusterState> Clusters { get; init; }

    public required IReadOnlyList<RouteRow> Routes { get; init; }

    /// <summary>Ports whose connections are passed through.</summary>
    public required IReadOnlyList<TcpPortRow> Tcp { get; init; }

    public required CacheState Cache { get; init; }

    public required IReadOnlyList<CertificateState> Certificates { get; init; }

    /// <summary>Whether there are explanations of requests to be asked for.</summary>
    public required bool ExplainsRequests { get; init; }
}

/// <summary>Something that is wrong.</summary>
/// <param name="Severity">One of <see cref="Severities"/>.</param>
/// <param name="Subject">With what.</param>
/// <param name="Text">What it is, and why.</param>
internal sealed record ProblemState(string Severity, string Subject, string Text);

/// <summary>A rate and times, of a cluster, a route or a destination.</summary>
/// <param name="RequestsPerSecond">Over the last 10 s.</param>
/// <param name="ErrorShare">Of these. 0 to 1.</param>
/// <param name="P50">Median time in ms over the last 15 s to 30 s; <see langword="null"/>: there was nothing.</param>
/// <param name="P90">The same, of nine in ten.</param>
/// <param name="P99">The same, of 99 in 100.</param>
internal readonly record struct TrafficState(double RequestsPerSecond, double ErrorShare, double? P50, double? P90, double? P99);

internal sealed record ClusterState
{
    public required string Id { get; init; }

    public required string Policy { get; init; }

    public required bool IsPanic { get; init; }

    /// <summary>How many destinations take traffic.</summary>
    public required int Usable { get; init; }

    public required int InFlight { get; init; }

    public required TrafficState Traffic { get; init; }

    public required double RetriesPerSecond { get; init; }

    public required BudgetState Budget { get; init; }

    /// <summary>One point for each second, the latest last; up to 60.</summary>
    public required HistoryState History { get; init; }

    public required IReadOnlyList<DestinationRow> Destinations { get; init; }
}

/// <summary>What extra attempts may be made of, over the budget's window.</summary>
internal sealed record BudgetState(int Requests, int Taken, int Allowed, long Refused);

internal sealed record HistoryState(IReadOnlyList<double> RequestsPerSecond, IReadOnlyList<double> ErrorsPerSecond, IReadOnlyList<double?> P99);

internal sealed record DestinationRow
{
    public required string Id { get; init; }

    public required string Address { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Zone { get; init; }

    public required int Priority { get; init; }

    /// <summary>The weight in force before anything measured.</summary>
    public required int Weight { get; init; }

    public required int ConfiguredWeight { get; init; }

    /// <summary>Of the cluster's traffic. 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary><c>healthy</c>, <c>unknown</c>, <c>unhealthy</c>, <c>ejected</c>, <c>draining</c> or <c>forced_out</c>.</summary>
    public required string State { get; init; }

    public required string Reason { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Since { get; init; }

    /// <summary>What an operator has said: <c>none</c>, <c>healthy</c>, <c>unhealthy</c> or <c>draining</c>.</summary>
    public required string Override { get; init; }

    public required int Ejections { get; init; }

    /// <summary>Whether its circuit breaker lets single requests through only.</summary>
    public required bool CircuitOpen { get; init; }

    public required int InFlight { get; init; }

    public required TrafficState Traffic { get; init; }

    /// <summary>Whether all is equal that does not change with every request.</summary>
    public bool IsAs(DestinationRow other) => this == other with { InFlight = InFlight, Traffic = Traffic };
}

internal sealed record RouteRow
{
    public required string Id { get; init; }

    /// <summary>Methods, hosts and path, for people.</summary>
    public required string Match { get; init; }

    public required IReadOnlyList<string> Clusters { get; init; }

    public required bool IsCached { get; init; }

    /// <summary>How the cache answered; <see langword="null"/>: the route has none.</summary>
    public RouteCacheState? Cache { get; init; }

    public required TrafficState Traffic { get; init; }
}

/// <summary>Requests of a route by how the cache answered them, since counting began: in the words of <see cref="CacheState.Results"/>.</summary>
/// <param name="Hit">From the store, fresh.</param>
/// <param name="Stale">From the store, stale.</param>
/// <param name="Revalidated">From the store, after the origin had said that it still holds.</param>
/// <param name="Collapsed">By the fetch of another request.</param>
/// <param name="Miss">By the origin, and stored.</param>
/// <param name="Pass">By the origin, and not stored.</param>
/// <param name="Unavailable">By a 504 of the cache.</param>
/// <param name="ServedBytes">Bytes of bodies that the first four gave to clients: the origin did not have to send them.</param>
internal readonly record struct RouteCacheState(long Hit, long Stale, long Revalidated, long Collapsed, long Miss, long Pass, long Unavailable, long ServedBytes);

/// <summary>A port whose connections are passed through, and what has gone through it since it was opened.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Open">Connections at present.</param>
/// <param name="Accepted">Connections taken, whatever became of them.</param>
/// <param name="Refused">Those closed before they had gone anywhere.</param>
/// <param name="Failed">Those for which there was no destination, or that broke off.</param>
/// <param name="Received">Bytes from clients, of connections that are over.</param>
/// <param name="Sent">Bytes to clients, of connections that are over.</param>
internal sealed record TcpPortRow(string Name, string Address, int Open, long Accepted, long Refused, long Failed, long Received, long Sent);

/// <summary>The response cache.</summary>
internal sealed record CacheState
{
    /// <summary>Bytes in use; <see langword="null"/>: the store does not count them.</summary>
    public long? Bytes { get; init; }

    public long? Entries { get; init; }

    public long? Evictions { get; init; }

    /// <summary>Requests by how they were answered, since counting began.</summary>
    public required IReadOnlyDictionary<string, long> Results { get; init; }

    /// <summary>Share of the requests of the last 10 s that did not have to wait for an origin; <see langword="null"/>: there were none.</summary>
    public double? HitShare { get; init; }
}

internal sealed record CertificateState(string Name, string Subject, IReadOnlyList<string> Hosts, DateTimeOffset NotBefore, DateTimeOffset NotAfter, double DaysLeft);
