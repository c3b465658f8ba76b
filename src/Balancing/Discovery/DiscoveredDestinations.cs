namespace Net2Secure.Routing.Balancing;

/// <summary>The servers that were found, and for how long that is good.</summary>
public sealed class DiscoveredDestinations
{
    /// <summary>Servers that were found.</summary>
    /// <param name="destinations">The servers, in any order; each address counts once.</param>
    /// <param name="timeToLive">How long the answer is good for, if that is known.</param>
    public DiscoveredDestinations(IEnumerable<DiscoveredDestination> destinations, TimeSpan? timeToLive = null)
    {
        ArgumentNullException.ThrowIfNull(destinations);

        // In an order of their own, so that a directory that turns its answers does not look like a change.
        Destinations = [.. destinations.DistinctBy(d => d.Address.AbsoluteUri).OrderBy(d => d.TiersBehind).ThenBy(d => d.Address.AbsoluteUri, StringComparer.Ordinal)];
        TimeToLive = timeToLive;
    }

    /// <summary>The servers.</summary>
    public IReadOnlyList<DiscoveredDestination> Destinations { get; }

    /// <summary>How long the answer is good for; <see langword="null"/> where nothing was said.</summary>
    public TimeSpan? TimeToLive { get; }

    /// <summary>Whether another answer says the same.</summary>
    internal bool SameAs(DiscoveredDestinations other) => Destinations.SequenceEqual(other.Destinations);
}
