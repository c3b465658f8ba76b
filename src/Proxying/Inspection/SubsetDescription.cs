using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>The part of a cluster that a request is for.</summary>
/// <param name="ChosenBy">What it is chosen by: what the route or a field of the request says, or else the cluster's default; such as <c>version=v2</c>.</param>
/// <param name="Fallback">What takes the place of destinations that fit, where there are none to be used; <see langword="null"/> where there are.</param>
public sealed record SubsetDescription(string ChosenBy, SubsetFallback? Fallback);
