namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>What of a state is not as in the one before it: what a page that has that one needs.</summary>
internal sealed record DashboardChange
{
    public required long Sequence { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required IReadOnlyList<ProblemState> Problems { get; init; }

    public required int ProblemCount { get; init; }

    public required IReadOnlyList<ClusterChange> Clusters { get; init; }

    /// <summary>For each route whose numbers have changed: its place, then as <see cref="Numbers"/>; where it has a cache, then the members of <see cref="RouteCacheState"/> in their order.</summary>
    public required IReadOnlyList<double?[]> Routes { get; init; }

    /// <summary>The ports for TCP, whole.</summary>
    public required IReadOnlyList<TcpPortRow> Tcp { get; init; }

    public required CacheState Cache { get; init; }

    /// <summary>What has happened meanwhile, oldest first.</summary>
    public required IReadOnlyList<ProxyEvent> Events { get; init; }

    /// <summary>Compares two states that follow each other.</summary>
    /// <returns><see langword="null"/>: they differ in more than numbers, and the new one has to be sent whole.</returns>
    public static DashboardChange? Between(DashboardState before, DashboardState after, IReadOnlyList<ProxyEvent> events)
    {
        if (!HaveSameParts(before, after)) return null;
        return new()
        {
            Sequence = after.Sequence,
            Time = after.Time,
            Problems = after.Problems,
            ProblemCount = after.ProblemCount,
            Clusters = [.. after.Clusters.Select((c, i) => ClusterChange.Between(before.Clusters[i], c))],
            Routes = Changed(before.Routes, after.Routes),
            Tcp = after.Tcp,
            Cache = after.Cache,
            Events = events,
        };
    }

    /// <summary>Requests per second, share of errors, the three times.</summary>
    public static double?[] Numbers(in TrafficState traffic) => [traffic.RequestsPerSecond, traffic.ErrorShare, traffic.P50, traffic.P90, traffic.P99];

    private static List<double?[]> Changed(IReadOnlyList<RouteRow> before, IReadOnlyList<RouteRow> after)
    {
        var changed = new List<double?[]>();
        for (var i = 0; i < after.Count; i++)
        {
            var (one, other) = (before[i], after[i]);
            if (one.Traffic == other.Traffic && one.Cache == other.Cache) continue;
            changed.Add(other.Cache is { } c
                ? [i, .. Numbers(other.Traffic), c.Hit, c.Stale, c.Revalidated, c.Collapsed, c.Miss, c.Pass, c.Unavailable, c.ServedBytes]
                : [i, .. Numbers(other.Traffic)]);
        }

        return changed;
    }

    private static bool HaveSameParts(DashboardState before, DashboardState after)
    {
        if (before.Sequence + 1 != after.Sequence || before.CountingSince != after.CountingSince || before.ExplainsRequests != after.ExplainsRequests) return false;
        if (before.Clusters.Count != after.Clusters.Count || before.Routes.Count != after.Routes.Count || before.Certificates.Count != after.Certificates.Count) return false;
        for (var i = 0; i < after.Clusters.Count; i++)
        {
            var (one, other) = (before.Clusters[i], after.Clusters[i]);
            if (one.Id != other.Id || one.Policy != other.Policy || one.Destinations.Count != other.Destinations.Count) return false;
            for (var d = 0; d < one.Destinations.Count; d++)
            {
                if (one.Destinations[d].Id != other.Destinations[d].Id) return false;
            }
        }

        for (var i = 0; i < after.Routes.Count; i++)
        {
            if (before.Routes[i].Id != after.Routes[i].Id || before.Routes[i].Match != after.Routes[i].Match || before.Routes[i].IsCached != after.Routes[i].IsCached || !before.Routes[i].Clusters.SequenceEqual(after.Routes[i].Clusters)) return false;
        }

        if (!before.Tcp.Select(static p => (p.Name, p.Address)).SequenceEqual(after.Tcp.Select(static p => (p.Name, p.Address)))) return false;
        for (var i = 0; i < after.Certificates.Count; i++)
        {
            if (before.Certificates[i].NotAfter != after.Certificates[i].NotAfter || before.Certificates[i].Name != after.Certificates[i].Name) return false;
        }

        return true;
    }
}

/// <summary>What has changed in a cluster.</summary>
internal sealed record ClusterChange
{
    public required bool IsPanic { get; init; }

    public required int Usable { get; init; }

    public required int InFlight { get; init; }

    public required double?[] Traffic { get; init; }

    public required double RetriesPerSecond { get; init; }

    public required BudgetState Budget { get; init; }

    /// <summary>Requests and errors of the last second, and the longest of the times.</summary>
    public required double?[] Point { get; init; }

    /// <summary>For each destination whose numbers have changed: its place, requests in flight, then as <see cref="DashboardChange.Numbers"/>.</summary>
    public required IReadOnlyList<double?[]> Numbers { get; init; }

    /// <summary>Destinations of which more has changed.</summary>
    public required IReadOnlyList<DestinationRow> Destinations { get; init; }

    public static ClusterChange Between(ClusterState before, ClusterState after)
    {
        var numbers = new List<double?[]>();
        var destinations = new List<DestinationRow>();
        for (var i = 0; i < after.Destinations.Count; i++)
        {
            var (one, other) = (before.Destinations[i], after.Destinations[i]);
            if (!one.IsAs(other)) destinations.Add(other);
            else if (one.InFlight != other.InFlight || one.Traffic != other.Traffic) numbers.Add([i, other.InFlight, .. DashboardChange.Numbers(other.Traffic)]);
        }

        var history = after.History;
        return new()
        {
            IsPanic = after.IsPanic,
            Usable = after.Usable,
            InFlight = after.InFlight,
            Traffic = DashboardChange.Numbers(after.Traffic),
            RetriesPerSecond = after.RetriesPerSecond,
            Budget = after.Budget,
            Point = history.P99.Count == 0 ? [] : [history.RequestsPerSecond[^1], history.ErrorsPerSecond[^1], history.P99[^1]],
            Numbers = numbers,
            Destinations = destinations,
        };
    }
}
