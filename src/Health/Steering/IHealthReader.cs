namespace Net2Secure.Routing.Health;

/// <summary>Tells how the destinations of all clusters of the process are, and how they came to be so. Thread-safe.</summary>
public interface IHealthReader
{
    /// <summary>The clusters at this moment. Made anew with each call.</summary>
    IReadOnlyList<ClusterHealth> Clusters { get; }

    /// <summary>A cluster at this moment, by its name without regard to case; <see langword="null"/> when there is none.</summary>
    ClusterHealth? Find(string clusterId);

    /// <summary>The latest changes of a cluster, oldest first, 256 at most; empty when there is no such cluster.</summary>
    IReadOnlyList<HealthChange> History(string clusterId);

    /// <summary>Tells of the changes of all clusters as they come, from the start of the enumeration until it is ended.</summary>
    /// <remarks>A reader that is slow loses the oldest of 1,024 that wait for it.</remarks>
    IAsyncEnumerable<HealthChange> WatchAsync(CancellationToken cancellationToken = default);
}
