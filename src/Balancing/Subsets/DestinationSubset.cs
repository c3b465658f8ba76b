namespace Net2Secure.Routing.Balancing;

/// <summary>Chooses the destinations of a cluster whose metadata have certain values: those of a version, a stage, a tenant. Immutable; make it once and use it for any number of requests.</summary>
/// <remarks>
/// For an <see cref="HttpClient"/> it goes into the options of a request as <see cref="BalancingRequestOptions.Subset"/>; a route of a proxy has one by its settings. What happens when nobody
/// fits, <see cref="SubsetOptions.Fallback"/> of the cluster says. Keys are compared without regard to case, values exactly.
/// </remarks>
public sealed class DestinationSubset
{
    /// <summary>Most keys that a subset may have.</summary>
    public const int MostKeys = 5;

    private readonly KeyValuePair<string, string>[] _criteria;

    /// <summary>Makes a subset.</summary>
    /// <param name="criteria">Keys of <see cref="DestinationOptions.Metadata"/> with the values that a destination has to have, one to five.</param>
    /// <exception cref="ArgumentException">There are none or too many, a key is there twice, or a key or value is empty.</exception>
    public DestinationSubset(IEnumerable<KeyValuePair<string, string>> criteria)
    {
        ArgumentNullException.ThrowIfNull(criteria);
        _criteria = [.. criteria.OrderBy(c => c.Key, StringComparer.OrdinalIgnoreCase)];
        if (_criteria.Length is 0 or > MostKeys) throw new ArgumentException($"A subset has 1 to {MostKeys} keys, not {_criteria.Length}.", nameof(criteria));
        for (var i = 0; i < _criteria.Length; i++)
        {
            if (string.IsNullOrEmpty(_criteria[i].Key) || string.IsNullOrEmpty(_criteria[i].Value)) throw new ArgumentException("A key or value of a subset is empty.", nameof(criteria));
            if (i > 0 && string.Equals(_criteria[i - 1].Key, _criteria[i].Key, StringComparison.OrdinalIgnoreCase))
                throw new ArgumentException($"The key '{_criteria[i].Key}' is there twice.", nameof(criteria));
        }
    }

    /// <summary>Makes a subset of one key.</summary>
    /// <param name="key">A key of <see cref="DestinationOptions.Metadata"/>.</param>
    /// <param name="value">The value that a destination has to have.</param>
    public DestinationSubset(string key, string value)
        : this([new(key, value)])
    {
    }

    /// <summary>The keys and values, sorted by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Criteria => _criteria;

    internal ReadOnlySpan<KeyValuePair<string, string>> Sorted => _criteria;

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _criteria.Select(c => $"{c.Key}={c.Value}"));
}
