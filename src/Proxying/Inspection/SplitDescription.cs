namespace Net2Secure.Routing.Proxying;

/// <summary>A side of a split as it is now.</summary>
/// <param name="ClusterId">Its cluster.</param>
/// <param name="Share">Its share of users, 0 to 1.</param>
public sealed record SplitDescription(string ClusterId, double Share);
