using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Net2Secure.Routing.Balancing;

/// <summary>A live cluster. It outlives reloads of the configuration for as long as its name stays.</summary>
/// <remarks>Thread-safe. Read <see cref="Snapshot"/> once per request and keep it.</remarks>
[DebuggerDisplay("{Id}")]
public sealed class Cluster
{
    private readonly Lock _lock = new();
    private readonly ILogger _logger;
    private readonly IStatusListener[] _listeners;
    private ClusterSnapshot _snapshot;
    private IAttemptObserver[] _observers;
    private Task? _starting;
    private long _statusVersion;

    internal Cluster(string id, ClusterSnapshot snapshot, IEnumerable<IClusterFeatureFactory>? features = null, TimeProvider? time = null, ILogger? logger = null)
    {
        Id = id;
        _snapshot = snapshot;
        _logger = logger ?? NullLogger.Instance;
        Time = time ?? TimeProvider.System;
        Features = [.. features?.Select(f => f.Create(this)) ?? []];
        _observers = [];
        FindObservers();
        _listeners = [.. Features.OfType<IStatusListener>()];
        Gates = [.. Features.OfType<IAttemptGate>()];
        Limiter = Feature<RequestLimiter>();
        Affinity = Feature<AffinityStatistics>();
        Telemetry = Feature<AttemptTelemetry>();
        Traffic = Feature<ClusterTraffic>();
    }

    /// <summary>The name of the cluster.</summary>
    public string Id { get; }

    /// <summary>The view that is valid now.</summary>
    public ClusterSnapshot Snapshot => Volatile.Read(ref _snapshot);

    internal TimeProvider Time { get; }

    internal IClusterFeature[] Features { get; }

    /// <summary>Who hears of attempts: features, and the policy if it wants to.</summary>
    internal IAttemptObserver[] Observers => Volatile.Read(ref _observers);

    /// <summary>Ends, after a bounded time, when enough is known of the destinations to choose among them; <see langword="null"/> when that is so. Attempts wait for it.</summary>
    internal Task? Starting => Volatile.Read(ref _starting);

    /// <summary>The features that have a say in whom an attempt may go to.</summary>
    internal IAttemptGate[] Gates { get; }

    /// <summary>Bounds what is in flight, and lets requests wait; <see langword="null"/> in a cluster without features.</summary>
    internal RequestLimiter? Limiter { get; }

    /// <summary>Counts what becomes of the keys of clients; <see langword="null"/> in a cluster without features.</summary>
    internal AffinityStatistics? Affinity { get; }

    /// <summary>Says whether single attempts are of interest; <see langword="null"/> in a cluster without features.</summary>
    internal AttemptTelemetry? Telemetry { get; }

    /// <summary>Counts requests and attempts while somebody looks on; <see langword="null"/> in a cluster without features.</summary>
    internal ClusterTraffic? Traffic { get; }

    /// <summary>Counts the changes of statuses, so that a snapshot made before one can be told.</summary>
    internal long StatusVersion => Volatile.Read(ref _statusVersion);

    /// <summary>The feature of this type, or <see langword="null"/>.</summary>
    internal TFeature? Feature<TFeature>()
        where TFeature : class, IClusterFeature
    {
        foreach (var feature in Features)
        {
            if (feature is TFeature wanted) return wanted;
        }

        return null;
    }

    /// <summary>Lets attempts wait until a task has ended, which must come about within a bounded time; <see langword="null"/> lets them go on.</summary>
    internal void HoldUntil(Task? started) => Volatile.Write(ref _starting, started);

    /// <summary>Asks who wants to hear of attempts; after each configuration.</summary>
    internal void FindObservers() =>
        Volatile.Write(ref _observers, [.. Features.OfType<IAttemptObserver>().Concat(Snapshot.Policy is IAttemptObserver policy ? [policy] : []).Where(o => o.IsListening)]);

    /// <summary>Makes a snapshot the present one.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="madeAt">The <see cref="StatusVersion"/> read before it was made.</param>
    internal void Publish(ClusterSnapshot snapshot, long madeAt)
    {
        lock (_lock)
        {
            Volatile.Write(ref _snapshot, snapshot);
            if (_statusVersion != madeAt) Reweigh_NeedsLock();
        }
    }

    /// <summary>Changes the status of one destination, and the weights with it.</summary>
    /// <returns>Whether anything changed.</returns>
    internal bool Update(Destination destination, string reason, Func<DestinationStatus, DestinationStatus> change) =>
        Update([destination], (_, status) => change(status), _ => reason);

    /// <summary>Changes the statuses of several destinations at once: one new snapshot for all of them.</summary>
    /// <param name="destinations">The destinations.</param>
    /// <param name="change">Makes the new status out of the present one; called under a lock, so quick and without calls to others.</param>
    /// <param name="reason">Says why, for people; asked for those that change only.</param>
    /// <returns>Whether anything changed.</returns>
    internal bool Update(
        IReadOnlyCollection<Destination> destinations, Func<Destination, DestinationStatus, DestinationStatus> change, Func<Destination, string> reason)
    {
        List<StatusChange>? changes = null;
        lock (_lock)
        {
            foreach (var destination in destinations)
            {
                var before = destination.Status;
                var after = change(destination, before);
                if (after == before) continue;
                destination.UseStatus(after);
                (changes ??= []).Add(new StatusChange(destination, before, after, reason(destination)));
            }

            if (changes is null) return false;
            _statusVersion++;
            Reweigh_NeedsLock();
        }

        foreach (var listener in _listeners) listener.OnStatusChanged(changes);
        return true;
    }

    private void Reweigh_NeedsLock()
    {
        try
        {
            Volatile.Write(ref _snapshot, _snapshot.Reweighed());
        }
        catch (Exception e) // a user's policy could not build its table: the last good one serves
        {
            ClusterLog.NotReweighed(_logger, Id, e);
        }
    }
}
