using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Remembers what changed in the health of one cluster, and tells those who watch.</summary>
internal sealed class HealthTimeline(Cluster cluster, HealthChanges changes) : IClusterFeature, IStatusListener
{
    /// <summary>Changes that are kept.</summary>
    public const int MostKept = 256;

    private readonly Lock _lock = new();
    private readonly Queue<HealthChange> _history = new();
    private readonly Dictionary<Destination, HealthChange> _latest = [];
    private readonly Dictionary<Destination, HealthChange> _latestOfProbes = [];
    private DateTimeOffset _started;
    private bool _isPanic;

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
        lock (_lock)
        {
            if (_started == default) _started = cluster.Time.GetUtcNow();
            foreach (var gone in _latest.Keys.Except(snapshot.Destinations).ToList())
            {
                _latest.Remove(gone);
                _latestOfProbes.Remove(gone);
            }

            NotePanic_NeedsLock("the configuration changed");
        }
    }

    /// <inheritdoc/>
    public void OnStatusChanged(IReadOnlyList<StatusChange> changed)
    {
        lock (_lock)
        {
            foreach (var change in changed)
            {
                // How far a ramp has come, or load, is a measure, not an event.
                if (change.Before with { Ramp = 1, LoadFactor = 1 } == change.After with { Ramp = 1, LoadFactor = 1 }) continue;
                var noted = Note_NeedsLock(change.Destination.Id, change.Before, change.After, cluster.Snapshot.IsPanic, change.Reason);
                if (change.Before.Active != change.After.Active) _latestOfProbes[change.Destination] = noted;
                // That an ejection is over does not say why a destination is down which probes have found to be so as well.
                var isProbes = change.Before.Passive == DestinationHealth.Unhealthy && change.After.Passive != DestinationHealth.Unhealthy && change.After.Active == DestinationHealth.Unhealthy;
                _latest[change.Destination] = isProbes ? _latestOfProbes.GetValueOrDefault(change.Destination, noted) : noted;
            }

            NotePanic_NeedsLock(changed[^1].Reason);
        }
    }

    /// <summary>The changes that are kept, oldest first.</summary>
    public IReadOnlyList<HealthChange> History()
    {
        lock (_lock) return [.. _history];
    }

    /// <summary>Why a destination is as it is, and since when.</summary>
    public (string Reason, DateTimeOffset Since) Latest(Destination destination)
    {
        lock (_lock) return _latest.TryGetValue(destination, out var change) ? (change.Reason, change.At) : ("", _started);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing runs here, and what happened can still be read.
    }

    private void NotePanic_NeedsLock(string reason)
    {
        var isPanic = cluster.Snapshot.IsPanic;
        if (isPanic == _isPanic) return;
        _isPanic = isPanic;
        Note_NeedsLock(null, DestinationStatus.Initial, DestinationStatus.Initial, isPanic, isPanic ? $"too few destinations can be used: {reason}" : $"enough destinations can be used: {reason}");
    }

    private HealthChange Note_NeedsLock(string? destination, DestinationStatus before, DestinationStatus after, bool isPanic, string reason)
    {
        var change = new HealthChange(cluster.Time.GetUtcNow(), cluster.Id, destination, before, after, isPanic, reason);
        if (_history.Count == MostKept) _history.Dequeue();
        _history.Enqueue(change);
        changes.Tell(change);
        return change;
    }
}
