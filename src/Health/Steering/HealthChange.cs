using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Something that changed in the health of a cluster.</summary>
/// <param name="At">When.</param>
/// <param name="ClusterId">The cluster.</param>
/// <param name="DestinationId">The destination; <see langword="null"/> when it is the cluster as a whole that went into panic or out of it.</param>
/// <param name="Before">What the destination was like; of a cluster the initial status.</param>
/// <param name="After">What it is like.</param>
/// <param name="IsPanic">Whether the cluster is in panic: too few of its destinations can be used, so all are.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record HealthChange(
    DateTimeOffset At, string ClusterId, string? DestinationId, DestinationStatus Before, DestinationStatus After, bool IsPanic, string Reason);
