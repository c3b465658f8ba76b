namespace Net2Secure.Routing.Proxying;

/// <summary>A cluster as it is now.</summary>
/// <param name="ClusterId">Its name.</param>
/// <param name="LoadBalancingPolicy">Name of its policy.</param>
/// <param name="Destinations">Its destinations, in the order of the configuration.</param>
public sealed record ClusterDescription(string ClusterId, string LoadBalancingPolicy, IReadOnlyList<DestinationDescription> Destinations);
