using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Waits until nothing is in flight at some destinations.</summary>
/// <remarks>It looks from time to time: a signal would cost every attempt something, for the sake of the few times in the life of a server that somebody waits.</remarks>
internal static class IdleWait
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits.</summary>
    /// <returns>Whether nothing was in flight before time was up.</returns>
    public static async Task<bool> RunAsync(IReadOnlyList<Destination> destinations, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (AreIdle(destinations)) return true;
            var left = timeout - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return false;
            await Task.Delay(left < Interval ? left : Interval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool AreIdle(IReadOnlyList<Destination> destinations)
    {
        foreach (var destination in destinations)
        {
            if (destination.ConcurrentRequests > 0) return false;
        }

        return true;
    }
}
