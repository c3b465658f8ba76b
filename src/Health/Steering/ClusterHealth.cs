namespace Net2Secure.Routing.Health;

/// <summary>The health of a cluster at one moment.</summary>
/// <param name="ClusterId">Its name.</param>
/// <param name="IsPanic">Whether so few destinations can be used that all in service are, whatever their health.</param>
/// <param name="ConcurrentRequests">Attempts in flight at its destinations.</param>
/// <param name="Destinations">Its destinations, in the order of the configuration.</param>
public sealed record ClusterHealth(string ClusterId, bool IsPanic, int ConcurrentRequests, IReadOnlyList<DestinationState> Destinations);
