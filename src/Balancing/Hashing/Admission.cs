namespace Net2Secure.Routing.Balancing;

/// <summary>Which destinations of a table may take one request: those that are not left out and have room.</summary>
/// <param name="set">The destinations of the table.</param>
/// <param name="excluded">Those that are left out.</param>
/// <param name="perWeight">The load per weight that none may exceed; infinite for no bound.</param>
internal readonly ref struct Admission(DestinationSet set, ReadOnlySpan<Destination> excluded, double perWeight)
{
    private readonly ReadOnlySpan<Destination> _excluded = excluded;

    /// <summary>Whether it may take the request.</summary>
    public bool Admits(int index) => HasRoom(index) && IsLeft(index);

    /// <summary>Whether it is not left out; its load does not matter.</summary>
    public bool IsLeft(int index) => _excluded.IsEmpty || !_excluded.Holds(set[index]);

    /// <summary>The same without a look at loads.</summary>
    public Admission WithoutBound() => new(set, _excluded, double.PositiveInfinity);

    private bool HasRoom(int index) => double.IsPositiveInfinity(perWeight) || set[index].ConcurrentRequests < Math.Ceiling(perWeight * set.Weights[index]);
}
