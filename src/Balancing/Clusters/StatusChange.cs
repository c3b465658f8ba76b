namespace Net2Secure.Routing.Balancing;

/// <summary>The status of one destination has changed.</summary>
/// <param name="Destination">The destination.</param>
/// <param name="Before">What it was.</param>
/// <param name="After">What it is.</param>
/// <param name="Reason">Why, for people: a short sentence without secrets.</param>
internal readonly record struct StatusChange(Destination Destination, DestinationStatus Before, DestinationStatus After, string Reason);
