using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Lets operators and code take destinations out of the traffic and put them back, while everything runs. Thread-safe.</summary>
public interface IDestinationControl
{
    /// <summary>Says what a destination is to be taken for, or by <see cref="DestinationOverride.None"/> that what is measured counts again.</summary>
    /// <remarks>It holds until it is said otherwise or the destination goes: reloads of the configuration do not end it, a restart of the process does.</remarks>
    /// <param name="clusterId">The cluster, without regard to case.</param>
    /// <param name="destinationId">The destination, without regard to case.</param>
    /// <param name="state">What it is to be taken for.</param>
    /// <param name="reason">Why, for those who read the history: a few words.</param>
    /// <returns>Whether there is such a destination.</returns>
    bool Force(string clusterId, string destinationId, DestinationOverride state, string reason);

    /// <summary>Gives a destination another weight than the configured one, or by <see langword="null"/> the configured one again.</summary>
    /// <remarks>It holds as long as what <see cref="Force"/> says. What is measured (slow start, reported load) counts on top of it.</remarks>
    /// <param name="clusterId">The cluster, without regard to case.</param>
    /// <param name="destinationId">The destination, without regard to case.</param>
    /// <param name="weight">The weight. 0 to 65,535; 0 takes no new traffic.</param>
    /// <param name="reason">Why, for those who read the history: a few words.</param>
    /// <returns>Whether there is such a destination.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The weight is out of its range.</exception>
    bool SetWeight(string clusterId, string destinationId, int? weight, string reason);

    /// <summary>Waits until nothing is in flight: no request, no stream, no upgraded connection.</summary>
    /// <remarks>It drains nobody by itself. A destination that is kept for its clients (session affinity) may get another request afterwards; ordered out it does not.</remarks>
    /// <param name="clusterId">The cluster, without regard to case.</param>
    /// <param name="destinationId">The destination, without regard to case; <see langword="null"/> for all of the cluster.</param>
    /// <param name="timeout">How long to wait. 0 to 1 d.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether nothing was in flight any more at some moment before time was up. What does not exist has nothing in flight.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    Task<bool> WaitForIdleAsync(string clusterId, string? destinationId, TimeSpan timeout, CancellationToken cancellationToken = default);
}
