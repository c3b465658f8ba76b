using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Ejects destinations, tries them and readmits them: the course of an ejection, without the question why.</summary>
/// <remarks>Guarded by the lock of the monitor.</remarks>
internal sealed class Ejector(Cluster cluster, StatusUpdates updates, RandomSource random, EjectionMetrics metrics, ILogger logger)
{
    /// <summary>How long a destination on trial waits for a request that is harmless to repeat; then any will do.</summary>
    public static readonly TimeSpan PatienceForSafe = TimeSpan.FromSeconds(5);

    /// <summary>How long a request that tries a destination may take.</summary>
    public static readonly TimeSpan PatienceForAnswer = TimeSpan.FromSeconds(5);

    /// <summary>How long a request that was chosen to try a destination may take to set out: something else may have held it back.</summary>
    public static readonly TimeSpan PatienceForStart = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = cluster.Time;

    public void Eject_NeedsLock(WatchedDestination watched, in Verdict verdict, TimeSpan? configured, long now)
    {
        var inService = watched.Since == 0 ? TimeSpan.Zero : _time.GetElapsedTime(watched.Since, now);
        watched.Count = EjectionTimes.CountAfter(watched.Count, inService);
        watched.IsKept = false;
        Begin_NeedsLock(watched, verdict, configured, now);
    }

    /// <summary>The request that tried it was not answered well.</summary>
    public void EjectAgain_NeedsLock(WatchedDestination watched, string reason, TimeSpan? configured, long now) =>
        Begin_NeedsLock(watched, watched.Verdict with { Reason = reason }, configured, now);

    /// <summary>Its time is over. Where probes say that it is down, they have the next word; otherwise a request tries it.</summary>
    public void EndPeriod_NeedsLock(WatchedDestination watched, long now)
    {
        watched.Unclaim();
        if (watched.Destination.Status.Active == DestinationHealth.Unhealthy)
        {
            Return_NeedsLock(watched, DestinationHealth.Unknown, "its ejection is over, and probes decide", now);
            return;
        }

        watched.State = EjectionState.OnTrial;
        watched.Since = now;
        updates.Decide(watched.Destination, "its ejection is over, and one request may try it", DestinationHealth.Unknown);
    }

    /// <summary>Looks after a trial that is under way.</summary>
    /// <remarks>Meanwhile the destination keeps its weight, and the gate turns the rest away: taken out again, it would look as if it had failed, and resilience would give up the very request that tries it.</remarks>
    public void WatchTrial_NeedsLock(WatchedDestination watched, TimeSpan? configured, long now)
    {
        if (watched.Claim is null) return;
        var taken = _time.GetElapsedTime(watched.TriedAt, now);
        if (!watched.IsTried)
        {
            if (taken > PatienceForStart) watched.Unclaim();
        }
        else if (taken > PatienceForAnswer)
        {
            EjectAgain_NeedsLock(watched, "the request that tried it was not answered", configured, now);
        }
    }

    public void Readmit_NeedsLock(WatchedDestination watched, string reason, long now) => Return_NeedsLock(watched, DestinationHealth.Healthy, reason, now);

    /// <summary>Takes back everything that was held against it.</summary>
    public void Forgive_NeedsLock(WatchedDestination watched, string reason, long now)
    {
        var wasOut = watched.State != EjectionState.Serving;
        watched.Count = 0;
        watched.Unclaim();
        if (wasOut) Return_NeedsLock(watched, DestinationHealth.Unknown, reason, now);
        else watched.Traffic.Clear();
    }

    private void Begin_NeedsLock(WatchedDestination watched, in Verdict verdict, TimeSpan? configured, long now)
    {
        watched.Count++;
        watched.Verdict = verdict;
        watched.Period = EjectionTimes.Of(watched.Count, verdict.IsUnreachable, configured, random.NextDouble());
        watched.State = EjectionState.Ejected;
        watched.Since = now;
        watched.Until = now + (long)(watched.Period.TotalSeconds * _time.TimestampFrequency);
        updates.Decide(watched.Destination, $"ejected: {verdict.Reason}", DestinationHealth.Unhealthy);
        metrics.Ejected(cluster.Id, watched.Destination.Id, verdict.Rule);
        EjectionLog.Ejected(logger, watched.Destination.Id, cluster.Id, watched.Period, verdict.Reason);
    }

    private void Return_NeedsLock(WatchedDestination watched, DestinationHealth passive, string reason, long now)
    {
        watched.State = EjectionState.Serving;
        watched.Since = now;
        watched.Traffic.Clear();
        updates.Decide(watched.Destination, reason, passive);
        metrics.Readmitted(cluster.Id, watched.Destination.Id);
        EjectionLog.Readmitted(logger, watched.Destination.Id, cluster.Id, reason);
    }
}
