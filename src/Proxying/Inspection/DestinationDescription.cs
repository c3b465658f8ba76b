namespace Net2Secure.Routing.Proxying;

/// <summary>A destination as it is now.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Address">Where requests are sent.</param>
/// <param name="Share">Its effective weight as a share of the cluster's, 0 to 1: of all requests, where the policy goes by weight alone.</param>
public sealed record DestinationDescription(string Id, Uri Address, double Share);
