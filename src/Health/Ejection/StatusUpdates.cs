using System.Collections.Concurrent;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Changes of statuses that were decided under a lock, and are made known without it, in the order of the decisions.</summary>
/// <remarks>
/// Whoever hears of a change may do anything: resilience gives up what waits at an ejected destination, which makes requests go on at once, on the same thread, and they tell of attempts again.
/// Under the lock of a monitor that would be a deadlock waiting to happen.
/// </remarks>
internal sealed class StatusUpdates(Cluster cluster)
{
    private readonly ConcurrentQueue<(Destination Destination, string Reason, DestinationHealth Passive)> _decided = new();
    private int _publishing;

    /// <summary>Takes a decision down. To be followed by <see cref="Publish"/>, once the lock is left.</summary>
    public void Decide(Destination destination, string reason, DestinationHealth passive) => _decided.Enqueue((destination, reason, passive));

    /// <summary>Makes known what has been decided, unless somebody is at it, who then goes on until all is.</summary>
    public void Publish()
    {
        while (!_decided.IsEmpty && Interlocked.CompareExchange(ref _publishing, 1, 0) == 0)
        {
            try
            {
                while (_decided.TryDequeue(out var update)) cluster.Update(update.Destination, update.Reason, status => status with { Passive = update.Passive });
            }
            finally
            {
                Volatile.Write(ref _publishing, 0);
            }
        }
    }
}
