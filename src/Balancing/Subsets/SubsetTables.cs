namespace Net2Secure.Routing.Balancing;

/// <summary>Finds what the choice of a request is made from, where requests choose among the destinations of a cluster by their metadata.</summary>
/// <remarks>
/// A table is kept for each combination of keys that requests choose by. Those come from configuration (headers, routes, the default) or code, never from what a client sends, and are
/// few; their number has a bound all the same. A combination seen for the first time costs one table, which goes on from snapshot to snapshot, built before each is published.
/// Source: Envoy, "Load balancer subsets".
/// </remarks>
internal sealed class SubsetTables
{
    /// <summary>Most combinations of keys. What goes beyond them fits nobody.</summary>
    public const int Most = 64;

    private readonly ClusterOptions _options;
    private readonly WeighedDestination[] _destinations;
    private readonly ILoadBalancingPolicy _policy;
    private readonly ChoiceSet _whole;
    private readonly KeyValuePair<string, string>[] _headers;
    private readonly KeyValuePair<string, string>[] _default;
    private readonly SubsetFallback _fallback;
    private readonly Lock _building = new();
    private SubsetTable[] _tables;

    /// <summary>Makes the tables of a snapshot.</summary>
    /// <param name="options">The settings of the cluster.</param>
    /// <param name="destinations">Its destinations, with what is known of them now.</param>
    /// <param name="policy">Its policy.</param>
    /// <param name="whole">What a choice is made from that leaves nobody out.</param>
    /// <param name="before">Those until now, of the same settings: the combinations in use are built at once.</param>
    public SubsetTables(ClusterOptions options, WeighedDestination[] destinations, ILoadBalancingPolicy policy, ChoiceSet whole, SubsetTables? before)
    {
        _options = options;
        _destinations = destinations;
        _policy = policy;
        _whole = whole;
        _headers = [.. options.Subsets?.FromHeaders ?? new Dictionary<string, string>(StringComparer.Ordinal)];
        _default = [.. options.Subsets?.Default ?? new Dictionary<string, string>(StringComparer.Ordinal)];
        _fallback = options.Subsets?.Fallback ?? SubsetFallback.None;
        _tables = before is null ? InitialTables() : Array.ConvertAll(before._tables, t => SubsetTable.Create(t.Keys, destinations, options, policy, t));
    }

    /// <summary>What the choice of a request is made from.</summary>
    /// <returns><see langword="null"/> when nobody fits.</returns>
    public ChoiceSet? Find(HttpRequestMessage request)
    {
        var asked = AskedBy(request);
        if (asked is null && _headers.Length == 0 && _default.Length == 0) return _whole;
        var criteria = default(SubsetCriteria);
        Read(request, asked, ref criteria);
        if (criteria.Count == 0) return _default.Length == 0 ? _whole : FindDefault() ?? (_fallback == SubsetFallback.Any ? _whole : null);
        return Find(criteria) ?? _fallback switch
        {
            SubsetFallback.Any => _whole,
            SubsetFallback.Default => FindDefault(),
            _ => null,
        };
    }

    /// <summary>The same, with what the choice came by.</summary>
    /// <param name="request">The request.</param>
    /// <param name="chosenBy">What the request chooses by, its own or the default; <see langword="null"/> when nothing.</param>
    /// <param name="fallback">What took the place of those that fit, where nobody does.</param>
    public ChoiceSet? Explain(HttpRequestMessage request, out string? chosenBy, out SubsetFallback? fallback)
    {
        (chosenBy, fallback) = (null, null);
        var choice = Find(request);
        var criteria = default(SubsetCriteria);
        Read(request, AskedBy(request), ref criteria);
        if (criteria.Count == 0) criteria.Add(_default);
        if (criteria.Count == 0) return choice;
        chosenBy = criteria.ToString();
        if (Find(criteria) is null) fallback = choice is null ? SubsetFallback.None : ReferenceEquals(choice, _whole) ? SubsetFallback.Any : SubsetFallback.Default;
        return choice;
    }

    private static DestinationSubset? AskedBy(HttpRequestMessage request) =>
        request is RoutedRequestMessage routed ? routed.Subset : request.Options.TryGetValue(BalancingRequestOptions.Subset, out var subset) ? subset : null;

    private void Read(HttpRequestMessage request, DestinationSubset? asked, ref SubsetCriteria criteria)
    {
        if (asked is not null) criteria.Add(asked.Sorted);
        foreach (var (key, header) in _headers)
        {
            if (request.Headers.NonValidated.TryGetValues(header, out var values) && values.ToString() is { Length: > 0 } value) criteria.Add(key, value);
        }
    }

    private ChoiceSet? FindDefault()
    {
        var criteria = default(SubsetCriteria);
        criteria.Add(_default);
        return Find(criteria);
    }

    private ChoiceSet? Find(in SubsetCriteria criteria)
    {
        var found = (TableFor(criteria, Volatile.Read(ref _tables)) ?? Build(criteria))?.Find(criteria);
        return found is { IsEmpty: false } ? found : null;
    }

    private SubsetTable? Build(in SubsetCriteria criteria)
    {
        lock (_building)
        {
            if (TableFor(criteria, _tables) is { } built) return built;
            if (_tables.Length == Most) return null;
            var table = SubsetTable.Create(criteria.Keys(), _destinations, _options, _policy, before: null);
            Volatile.Write(ref _tables, [.. _tables, table]);
            return table;
        }
    }

    private SubsetTable[] InitialTables()
    {
        var keySets = _headers.Select(h => (string[])[h.Key]).ToList();
        if (_default.Length > 0) keySets.Add([.. _default.Select(d => d.Key).Order(StringComparer.OrdinalIgnoreCase)]);
        return [.. keySets.DistinctBy(k => string.Join('\0', k), StringComparer.OrdinalIgnoreCase).Select(k => SubsetTable.Create(k, _destinations, _options, _policy, before: null))];
    }

    private static SubsetTable? TableFor(in SubsetCriteria criteria, SubsetTable[] tables)
    {
        foreach (var table in tables)
        {
            if (criteria.HasKeys(table.Keys)) return table;
        }

        return null;
    }
}
