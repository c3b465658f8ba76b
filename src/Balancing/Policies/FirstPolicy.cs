namespace Net2Secure.Routing.Balancing;

/// <summary>The first destination in the order of the configuration.</summary>
/// <remarks>
/// Why: as <see cref="FirstAlphabeticalPolicy"/>, one main server with stand-ins, in an order that does not hang on names: that in which code adds destinations, or in which the proxy's own file
/// has them. .NET's configuration sorts keys, so that from there they come by name, numbers as numbers. Spreads nothing. Weight decides only whether a destination takes part. Cost: one read.
/// </remarks>
internal sealed class FirstPolicy : ISkippingPolicy
{
    /// <inheritdoc/>
    public Destination? Pick(in BalancingContext context) => context.Candidates[0];

    /// <inheritdoc/>
    public Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded)
    {
        foreach (var destination in context.Candidates.Destinations)
        {
            if (!excluded.Holds(destination)) return destination;
        }

        return null;
    }
}
