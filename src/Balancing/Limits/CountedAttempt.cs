namespace Net2Secure.Routing.Balancing;

/// <summary>An attempt that counts as in flight until it is ended, once.</summary>
/// <param name="Destination">Where it counts.</param>
/// <param name="Limiter">Who counts it for the cluster as a whole; <see langword="null"/> where nobody does. Remembered, as limits may come and go while it runs.</param>
internal readonly record struct CountedAttempt(Destination Destination, RequestLimiter? Limiter)
{
    public void End()
    {
        // First the count of the cluster: with the other one those who wait are served, and they look at both.
        Limiter?.Leave();
        Destination.EndAttempt();
    }
}
