namespace Net2Secure.Routing.Balancing.Hashing;

/// <summary>What a hash policy has computed for a set of destinations: where each key is at home, and where it goes from there. Immutable but for counts.</summary>
internal abstract class HashTable(DestinationSet set, int? maxLoadPercent)
{
    private readonly LoadBound? _bound = maxLoadPercent is { } percent ? new(set, percent) : null;

    /// <summary>The destinations.</summary>
    public DestinationSet Set { get; } = set;

    /// <summary>For requests without a key.</summary>
    public WeightedDraw Draw { get; } = new(set);

    /// <summary>The destination of a key.</summary>
    /// <param name="hash">The hash of the key.</param>
    /// <param name="left">For each destination whether it may be picked; <see langword="null"/> when all may.</param>
    public Destination Find(ulong hash, bool[]? left = null)
    {
        if (_bound is null && left is null) return Set[Home(hash)];
        var admission = new Admission(Set, left, _bound?.PerWeight() ?? double.PositiveInfinity);
        return Set[Find(hash, admission)];
    }

    /// <summary>The index of the destination where a key is at home.</summary>
    protected abstract int Home(ulong hash);

    /// <summary>The index of the first destination from the key's home on that is admitted; of one that is left, if none of those looked at has room.</summary>
    protected abstract int Find(ulong hash, in Admission admission);
}
