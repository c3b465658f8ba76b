namespace Net2Secure.Routing.Proxying;

/// <summary>Who takes a request now, and who would.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Url">Its URL.</param>
/// <param name="Origin">Where the request comes from.</param>
/// <param name="Before">Who takes it now.</param>
/// <param name="After">Who would.</param>
public sealed record DryRunOutcome(string Method, Uri Url, DryRunOrigin Origin, DryRunTarget Before, DryRunTarget After)
{
    /// <summary>Its header fields.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Whether another route or cluster would take it, or a split would share it out otherwise.</summary>
    public bool Moves =>
        !Same(Before.RouteId, After.RouteId) || !Same(Before.ClusterId, After.ClusterId) || !Before.Split.SequenceEqual(After.Split);

    // Names are compared without regard to case.
    private static bool Same(string? before, string? after) => string.Equals(before, after, StringComparison.OrdinalIgnoreCase);
}
