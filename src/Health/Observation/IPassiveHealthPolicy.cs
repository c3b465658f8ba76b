namespace Net2Secure.Routing.Health;

/// <summary>Judges a destination by the traffic that it answered.</summary>
/// <remarks>
/// One instance is made per cluster and asked by one thread at a time, several times a second while there is traffic, off the way of requests. Time and numbers come in; do no I/O and do
/// not wait. An exception counts as no fault found, and is logged. What follows from a fault (for how long, how many at a time, how it comes back) is not its concern.
/// </remarks>
public interface IPassiveHealthPolicy
{
    /// <summary>Looks for a fault.</summary>
    /// <returns>Why the destination is to be ejected, in a few words without secrets; <see langword="null"/> to leave it.</returns>
    string? FindFault(in PassiveHealthContext context);
}
