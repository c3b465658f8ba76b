using System.Diagnostics;

namespace Net2Secure.Routing.Balancing;

/// <summary>A live cluster. It outlives reloads of the configuration for as long as its name stays.</summary>
/// <remarks>Thread-safe. Read <see cref="Snapshot"/> once per request and keep it.</remarks>
[DebuggerDisplay("{Id}")]
public sealed class Cluster
{
    private ClusterSnapshot _snapshot;

    internal Cluster(string id, ClusterSnapshot snapshot)
    {
        Id = id;
        _snapshot = snapshot;
    }

    /// <summary>The name of the cluster.</summary>
    public string Id { get; }

    /// <summary>The view that is valid now.</summary>
    public ClusterSnapshot Snapshot => Volatile.Read(ref _snapshot);

    internal void Publish(ClusterSnapshot snapshot) => Volatile.Write(ref _snapshot, snapshot);
}
