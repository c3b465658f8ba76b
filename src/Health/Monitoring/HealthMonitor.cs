using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Probes the destinations of one cluster, as long as its settings ask for it, and makes known what it finds.</summary>
/// <remarks>
/// A probe measures, <see cref="ProbeState"/> decides, and this publishes: what is found while somebody publishes is taken along by him, so that ten thousand destinations that come
/// to life together cost a few snapshots, not ten thousand. Failed attempts and ejections make it ask at once.
/// </remarks>
internal sealed class HealthMonitor(Cluster cluster, MonitoringServices services) : IClusterFeature, IAttemptObserver, IStatusListener
{
    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<ProbeVerdict> _found = new();
    private readonly TrafficWatch _traffic = new(services.Time);
    private Dictionary<Destination, ProbedDestination> _probed = [];
    private ProbeAssignment? _assignment;
    private FirstRound? _firstRound;
    private bool _configured;
    private bool _disposed;
    private int _unpublished;
    private int _publishing;

    /// <summary>The cluster.</summary>
    public Cluster Cluster { get; } = cluster;

    /// <summary>Whether its settings ask for probes.</summary>
    public bool IsProbing => Volatile.Read(ref _assignment) is not null;

    /// <summary>Whether no request has come for so long that probes may be rarer.</summary>
    public bool IsIdle => Volatile.Read(ref _assignment) is { Plan.SlowsDown: true } && _traffic.IsIdle(ProbePlan.IdleAfter);

    /// <inheritdoc/>
    public bool IsListening => IsProbing;

    internal ProbeScheduler Scheduler => services.Scheduler;

    internal TimeProvider Time => services.Time;

    internal RandomSource Random => services.Random;

    internal ILogger Logger => services.Logger;

    internal bool RunsInline => services.RunsInline;

    /// <summary>What the probes of a destination have come to, or <see langword="null"/> when it is not probed.</summary>
    public ProbedDestination? Find(Destination destination) => Volatile.Read(ref _probed).GetValueOrDefault(destination);

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
        lock (_lock)
        {
            if (_disposed) return;
            var isNew = !_configured;
            if (isNew) services.Metrics.Add(this);
            _configured = true;
            if (snapshot.Options.Section<HealthCheckOptions>()?.Active is { Enabled: true } options) Probe_NeedsLock(snapshot, options, isNew);
            else StopAll_NeedsLock(snapshot);
        }
    }

    /// <inheritdoc/>
    public void OnStarted(Destination destination, HttpRequestMessage request)
    {
        if (!_traffic.Mark() || Volatile.Read(ref _assignment) is not { Plan: { SlowsDown: true } plan }) return;

        // The first request after a quiet time: what is known may be old.
        foreach (var probed in Volatile.Read(ref _probed).Values) Scheduler.Hurry(probed, plan.Spread(_probed.Count, Random.NextDouble()));
    }

    /// <inheritdoc/>
    public void OnEnded(in AttemptOutcome outcome)
    {
        if (outcome.Failure is { Side: FailureSide.Destination }) Find(outcome.Destination)?.Suspect();
    }

    /// <inheritdoc/>
    public void OnStatusChanged(IReadOnlyList<StatusChange> changes)
    {
        foreach (var change in changes)
        {
            if (change.After.Passive == DestinationHealth.Unhealthy && change.Before.Passive != DestinationHealth.Unhealthy) Find(change.Destination)?.Suspect();
        }
    }

    /// <summary>Takes down what a probe has found, in the order in which the probes of a destination ran.</summary>
    internal void Note(in ProbeVerdict verdict)
    {
        services.Metrics.Record(Cluster.Id, verdict.Result.Outcome, verdict.Elapsed);
        if (!verdict.IsChange && !verdict.IsFirst) return;
        _found.Enqueue(verdict);
        Interlocked.Increment(ref _unpublished);
    }

    /// <summary>Makes known what has been found, unless somebody is at it, who then goes on until all is.</summary>
    internal void Publish()
    {
        while (Volatile.Read(ref _unpublished) > 0 && Interlocked.CompareExchange(ref _publishing, 1, 0) == 0)
        {
            var verdicts = new List<ProbeVerdict>();
            while (_found.TryDequeue(out var verdict)) verdicts.Add(verdict);
            Interlocked.Add(ref _unpublished, -verdicts.Count);
            try
            {
                Publish(verdicts);
            }
            catch (Exception e) // a listener's fault must not end the probes
            {
                MonitoringLog.NotPublished(Logger, Cluster.Id, e);
            }

            Interlocked.Exchange(ref _publishing, 0); // a full fence: what came since must be seen below
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FirstRound? firstRound;
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            services.Metrics.Remove(this);
            firstRound = _firstRound;
            foreach (var probed in _probed.Values) probed.Stop();
            Volatile.Write(ref _probed, []);
            DisposeProbe(Interlocked.Exchange(ref _assignment, null));
        }

        firstRound?.End();
    }

    private void Publish(List<ProbeVerdict> verdicts)
    {
        var latest = new Dictionary<Destination, ProbeVerdict>(verdicts.Count);
        foreach (var verdict in verdicts)
        {
            if (verdict.IsChange) latest[verdict.Destination] = verdict;
        }

        if (latest.Count > 0)
        {
            Cluster.Update(
                latest.Keys,
                (destination, status) => Find(destination) is null ? status : Apply(latest[destination], status),
                destination => latest[destination].Reason);
            foreach (var verdict in latest.Values) Log(verdict);
        }

        foreach (var verdict in verdicts)
        {
            if (verdict.IsFirst) _firstRound?.Take(verdict.After.Health);
        }
    }

    /// <summary>Who has come back by good probes starts afresh: what his traffic was like before says nothing any more.</summary>
    private static DestinationStatus Apply(in ProbeVerdict verdict, DestinationStatus status) => status with
    {
        Active = verdict.After.Health,
        AsksToDrain = verdict.After.AsksToDrain,
        Passive = verdict.After.Health == DestinationHealth.Healthy && verdict.Before.Health == DestinationHealth.Unhealthy && status.Passive == DestinationHealth.Unhealthy
            ? DestinationHealth.Unknown
            : status.Passive,
    };

    private void Log(in ProbeVerdict verdict)
    {
        if (verdict.After.AsksToDrain) MonitoringLog.Draining(Logger, Cluster.Id, verdict.Destination.Id, verdict.Reason);
        else if (verdict.After.Health == DestinationHealth.Healthy) MonitoringLog.Healthy(Logger, Cluster.Id, verdict.Destination.Id, verdict.Reason);
        else MonitoringLog.Unhealthy(Logger, Cluster.Id, verdict.Destination.Id, verdict.Reason);
    }

    private void Probe_NeedsLock(ClusterSnapshot snapshot, ActiveHealthCheckOptions options, bool isNew)
    {
        var before = _assignment;
        if (MakeAssignment(snapshot.Options, options, before) is not { } assignment) return;
        var (kept, added) = (new Dictionary<Destination, ProbedDestination>(snapshot.Destinations.Count), new List<ProbedDestination>());
        foreach (var destination in snapshot.Destinations)
        {
            if (!_probed.TryGetValue(destination, out var probed))
            {
                var status = destination.Status;
                probed = new ProbedDestination(this, destination, assignment, new ProbeState(status.Active, status.AsksToDrain));
                added.Add(probed);
            }
            else probed.Assign(assignment); // even the same one: the destination may have another address for probes now
            kept[destination] = probed;
        }

        var gone = _probed;
        Volatile.Write(ref _probed, kept);
        Volatile.Write(ref _assignment, assignment);
        foreach (var (destination, probed) in gone)
        {
            if (!kept.ContainsKey(destination)) probed.Stop();
        }

        if (before is not null && !ReferenceEquals(before.Probe, assignment.Probe)) DisposeProbe(before);
        if (isNew && added.Count > 0 && assignment.Plan.StartupTimeout > TimeSpan.Zero) _firstRound = new FirstRound(Cluster, added.Count, assignment.Plan.StartupTimeout, RunsInline, Time, Logger);
        foreach (var probed in added) probed.Begin(assignment.Plan.Spread(added.Count, Random.NextDouble()));
    }

    /// <summary>Nobody looks any more, so nothing is known any more: a verdict that nothing can lift would be for ever.</summary>
    private void StopAll_NeedsLock(ClusterSnapshot snapshot)
    {
        if (_assignment is null) return;
        foreach (var probed in _probed.Values) probed.Stop();
        Volatile.Write(ref _probed, []);
        DisposeProbe(Interlocked.Exchange(ref _assignment, null));
        _firstRound?.End();
        Cluster.Update(
            [.. snapshot.Destinations], static (_, status) => status with { Active = DestinationHealth.Unknown, AsksToDrain = false }, static _ => "probes are switched off");
    }

    /// <summary>The assignment of new settings; the same probe where they ask the same, and the same assignment where nothing is new.</summary>
    private ProbeAssignment? MakeAssignment(ClusterOptions cluster, ActiveHealthCheckOptions options, ProbeAssignment? before)
    {
        var plan = ProbePlan.Of(options, cluster.Metadata);
        var question = services.Probes.QuestionOf(cluster, options);
        if (before is not null && question == before.Question) return plan == before.Plan ? before : before with { Plan = plan };
        try
        {
            return new ProbeAssignment(services.Probes.Create(cluster, options), plan, options, question);
        }
        catch (Exception e) // a user's factory, or a certificate that went away since it was looked at
        {
            MonitoringLog.NotMade(Logger, Cluster.Id, e);
            return before;
        }
    }

    private void DisposeProbe(ProbeAssignment? assignment)
    {
        try
        {
            (assignment?.Probe as IDisposable)?.Dispose();
        }
        catch (Exception e) // a user's
        {
            MonitoringLog.NotMade(Logger, Cluster.Id, e);
        }
    }
}
