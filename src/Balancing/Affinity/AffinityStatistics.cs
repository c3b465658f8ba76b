using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>What became of the keys that the clients of a cluster brought, for as long as the cluster lives.</summary>
internal sealed class AffinityStatistics(Cluster cluster, ILogger logger) : IClusterFeature
{
    private long _invalid;
    private long _unknown;
    private long _moved;
    private int _hasFailed;

    /// <summary>Keys that were none.</summary>
    public long Invalid => Volatile.Read(ref _invalid);

    /// <summary>Keys of no known destination.</summary>
    public long Unknown => Volatile.Read(ref _unknown);

    /// <summary>Answers by another destination than the one that the client was kept on.</summary>
    public long Moved => Volatile.Read(ref _moved);

    public void CountRead(in AffinityMatch match)
    {
        if (match.State == AffinityKeyState.Invalid) Interlocked.Increment(ref _invalid);
        else if (match.State == AffinityKeyState.Unknown) Interlocked.Increment(ref _unknown);
    }

    public void CountAnswer(in AffinityMatch match, Destination served)
    {
        if (match.State == AffinityKeyState.Known && !ReferenceEquals(match.Destination, served)) Interlocked.Increment(ref _moved);
    }

    /// <summary>A way of affinity threw, which it must not. Said once per configuration: it may do so with every request.</summary>
    public void Failed(Exception e)
    {
        if (Interlocked.Exchange(ref _hasFailed, 1) == 0) AffinityLog.Failed(logger, cluster.Id, e);
    }

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot) => Volatile.Write(ref _hasFailed, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Gives each cluster its own.</summary>
    internal sealed class Factory(ILogger<AffinityStatistics> logger) : IClusterFeatureFactory
    {
        /// <inheritdoc/>
        public IClusterFeature Create(Cluster cluster) => new AffinityStatistics(cluster, logger);
    }
}
