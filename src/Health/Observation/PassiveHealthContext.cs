using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>What a policy judges: one destination among the others of its cluster, over the window that is set.</summary>
public readonly struct PassiveHealthContext
{
    private readonly TrafficSummary[] _all;

    /// <summary>Makes a context; the product does, and tests of policies.</summary>
    /// <param name="cluster">The settings of the cluster.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="all">The traffic of all destinations that are not ejected. Kept, not copied.</param>
    /// <param name="index">The place of the destination among them.</param>
    public PassiveHealthContext(ClusterOptions cluster, Destination destination, TrafficSummary[] all, int index)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, all.Length);
        (Cluster, Destination, _all, Index) = (cluster, destination, all, index);
    }

    /// <summary>The settings of the cluster, its metadata among them. Do not change.</summary>
    public ClusterOptions Cluster { get; }

    /// <summary>The destination.</summary>
    public Destination Destination { get; }

    /// <summary>Its traffic.</summary>
    public TrafficSummary Traffic => _all[Index];

    /// <summary>The traffic of all destinations that are not ejected, this one among them.</summary>
    public ReadOnlySpan<TrafficSummary> All => _all;

    /// <summary>The place of the destination in <see cref="All"/>.</summary>
    public int Index { get; }
}
