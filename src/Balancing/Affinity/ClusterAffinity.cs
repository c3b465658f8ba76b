namespace Net2Secure.Routing.Balancing;

/// <summary>The affinity of a cluster in one configuration: part of its snapshot. Immutable.</summary>
internal sealed class ClusterAffinity
{
    private readonly SessionAffinityOptions _options;
    private readonly object? _table;
    private readonly bool _refusesToMove;

    private ClusterAffinity(ISessionAffinity way, SessionAffinityOptions options, object? table)
    {
        Way = way;
        _options = options;
        _table = table;
        _refusesToMove = SessionAffinityNames.Return503Error.Equals(options.FailurePolicy, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>How clients are kept; it stays while its name and the name of the key do, with what it has learned.</summary>
    public ISessionAffinity Way { get; }

    /// <summary>Makes the affinity that a configuration asks for.</summary>
    /// <returns><see langword="null"/> when it asks for none.</returns>
    /// <exception cref="Exception">Code of the user failed.</exception>
    public static ClusterAffinity? Create(ClusterOptions cluster, ClusterAffinity? live, SessionAffinityCatalog known, IReadOnlyList<Destination> destinations)
    {
        if (cluster.SessionAffinity is not { Enabled: true } options) return null;
        var name = SessionAffinityCatalog.NameOf(options);
        var stays = live is not null
            && name.Equals(SessionAffinityCatalog.NameOf(live._options), StringComparison.OrdinalIgnoreCase)
            && string.Equals(options.AffinityKeyName, live._options.AffinityKeyName, StringComparison.Ordinal);
        var way = stays ? live!.Way : known.Create(name);
        return new ClusterAffinity(way, options, (way as ITableBuildingAffinity)?.BuildTable(options, destinations));
    }

    /// <summary>Reads the key of a request and says where it is to go.</summary>
    public AffinityMatch Begin(HttpRequestMessage request, ClusterSnapshot snapshot, AffinityStatistics? statistics)
    {
        var match = AffinityMatch.None;
        try
        {
            match = Way.Find(new AffinityContext(request, _options, snapshot.Destinations, snapshot.Candidates, _table));
        }
        catch (Exception e) // a user's code; the request can do without
        {
            statistics?.Failed(e);
        }

        statistics?.CountRead(match);
        if (match.Destination is not null || RequestRouting.Of(request) is not null)
        {
            var routing = RequestRouting.GetOrCreate(request);
            routing.Pinned = match.Destination;
            routing.PinnedOnly = _refusesToMove && match.State == AffinityKeyState.Known;
            routing.Issued = default;
        }

        return match;
    }

    /// <summary>Takes note of who answered.</summary>
    public void End(HttpRequestMessage request, HttpResponseMessage response, in AffinityMatch match, AffinityStatistics? statistics)
    {
        // Nobody: the answer came from a cache, or from a handler of the user.
        if (ServedBy(request) is not { } served) return;
        statistics?.CountAnswer(match, served);
        try
        {
            Way.Remember(new AffinityAnswer(request, _options, _table, match, served, response));
        }
        catch (Exception e) // a user's code; the answer is good without
        {
            statistics?.Failed(e);
        }
    }

    private static Destination? ServedBy(HttpRequestMessage request) =>
        request is RoutedRequestMessage routed ? routed.Destination
        : request.Options.TryGetValue(BalancingRequestOptions.Destination, out var destination) ? destination : null;
}
