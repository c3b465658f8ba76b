namespace Net2Secure.Routing.Balancing;

/// <summary>Something alive that belongs to one cluster and lives as long as the cluster does: a monitor, statistics, a budget, a queue.</summary>
/// <remarks>
/// A feature that is an <see cref="IAttemptObserver"/> hears of every attempt of its cluster, and one that is an <see cref="IAttemptGate"/> has a say in whom an attempt
/// may go to, wherever it comes from: a proxy or a client. Disposed, once, when the cluster goes.
/// </remarks>
internal interface IClusterFeature : IDisposable
{
    /// <summary>Takes over a new configuration, which has just been published. Called at the start and after each reload, by one thread at a time. Must not fail, wait, or call the registry.</summary>
    void Configure(ClusterSnapshot snapshot);
}
