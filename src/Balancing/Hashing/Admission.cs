namespace Net2Secure.Routing.Balancing.Hashing;

/// <summary>Which destinations of a table may take one request: those that are not left out and have room.</summary>
/// <param name="set">The destinations of the table.</param>
/// <param name="left">For each whether it may be picked at all; <see langword="null"/> when all may.</param>
/// <param name="perWeight">The load per weight that none may exceed; infinite for no bound.</param>
internal readonly struct Admission(DestinationSet set, bool[]? left, double perWeight)
{
    /// <summary>Whether loads count.</summary>
    public bool IsBounded => !double.IsPositiveInfinity(perWeight);

    /// <summary>Whether it may take the request.</summary>
    public bool Admits(int index) => IsLeft(index) && (!IsBounded || set[index].ConcurrentRequests < Math.Ceiling(perWeight * set.Weights[index]));

    /// <summary>The same without a look at loads.</summary>
    public Admission WithoutBound() => new(set, left, double.PositiveInfinity);

    /// <summary>Whether it may take the request if its load does not matter.</summary>
    public bool IsLeft(int index) => left is null || left[index];
}
