using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Reads the live clusters.</summary>
internal sealed class HealthReader(IClusterRegistry registry, HealthChanges changes) : IHealthReader
{
    /// <inheritdoc/>
    public IReadOnlyList<ClusterHealth> Clusters => [.. registry.Clusters.Select(Read)];

    /// <inheritdoc/>
    public ClusterHealth? Find(string clusterId)
    {
        ArgumentNullException.ThrowIfNull(clusterId);
        return registry.TryGet(clusterId, out var cluster) ? Read(cluster) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<HealthChange> History(string clusterId)
    {
        ArgumentNullException.ThrowIfNull(clusterId);
        return registry.TryGet(clusterId, out var cluster) ? cluster.Feature<HealthTimeline>()?.History() ?? [] : [];
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<HealthChange> WatchAsync(CancellationToken cancellationToken = default) => changes.WatchAsync(cancellationToken);

    private static ClusterHealth Read(Cluster cluster)
    {
        var snapshot = cluster.Snapshot;
        var shares = new Dictionary<Destination, double>(snapshot.Candidates.Count);
        for (var i = 0; i < snapshot.Candidates.Count; i++) shares[snapshot.Candidates[i]] = snapshot.Candidates.Weights[i] / snapshot.Candidates.TotalWeight;
        var (timeline, monitor) = (cluster.Feature<HealthTimeline>(), cluster.Feature<OutlierMonitor>());
        List<DestinationState> states = [.. snapshot.Destinations.Select(d => Read(d, shares.GetValueOrDefault(d), timeline, monitor))];
        return new(cluster.Id, snapshot.IsPanic, states.Sum(static s => s.ConcurrentRequests), states);
    }

    private static DestinationState Read(Destination destination, double share, HealthTimeline? timeline, OutlierMonitor? monitor)
    {
        var (reason, since) = timeline?.Latest(destination) ?? ("", default);
        var watched = monitor?.Find(destination);
        return new()
        {
            Id = destination.Id,
            Address = destination.Address,
            Status = destination.Status,
            Reason = reason,
            Since = since,
            ConcurrentRequests = destination.ConcurrentRequests,
            Share = share,
            Ejections = watched?.Count ?? 0,
            IsOnTrial = watched?.State == EjectionState.OnTrial,
            EjectedFor = watched is { State: EjectionState.Ejected } ejected ? ejected.Left : null,
            Traffic = watched?.Traffic ?? default,
        };
    }
}
