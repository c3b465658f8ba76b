namespace Net2Secure.Routing.Balancing;

/// <summary>What a hash policy has computed for a set of destinations: where each key is at home, and where it goes from there.</summary>
internal abstract class HashTable(DestinationSet set, int? maxLoadPercent)
{
    private readonly LoadBound? _bound = maxLoadPercent is { } percent ? new(set, percent) : null;

    /// <summary>The destinations.</summary>
    public DestinationSet Set { get; } = set;

    /// <summary>For requests without a key.</summary>
    public WeightedDraw Draw { get; } = new(set);

    /// <summary>The destination of a key.</summary>
    /// <param name="hash">The hash of the key.</param>
    /// <param name="excluded">Destinations to leave out.</param>
    /// <returns><see langword="null"/> when all are left out.</returns>
    public Destination? Find(ulong hash, ReadOnlySpan<Destination> excluded = default)
    {
        if (_bound is null && excluded.IsEmpty) return Set[Home(hash)];
        var found = Find(hash, new Admission(Set, excluded, _bound?.PerWeight() ?? double.PositiveInfinity));
        return found < 0 ? null : Set[found];
    }

    /// <summary>The index of the destination where a key is at home.</summary>
    protected abstract int Home(ulong hash);

    /// <summary>The index of the first destination from the key's home on that is admitted; of one that is left, if none that was looked at has room; -1 if none is left.</summary>
    protected abstract int Find(ulong hash, in Admission admission);
}
