using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Watches the traffic of one cluster, ejects destinations that stand out, and readmits them.</summary>
/// <remarks>
/// On the way of a request a few numbers are counted, without a lock and without memory. They are judged ten times a second while there is traffic, and at once when a row of failures is
/// long enough. An idle cluster costs nothing.
/// </remarks>
internal sealed class OutlierMonitor : IClusterFeature, IAttemptObserver, IAttemptGate, IStatusListener
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Cluster _cluster;
    private readonly PassiveHealthPolicyCatalog _policies;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly StatusUpdates _updates;
    private readonly Ejector _ejector;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly Lock _timerLock = new();
    private FrozenDictionary<Destination, WatchedDestination> _watched = FrozenDictionary<Destination, WatchedDestination>.Empty;
    private OutlierSettings _settings;
    private (string? Name, IPassiveHealthPolicy Policy)? _policy;
    private bool _isArmed;
    private bool _isDisposed;
    private int _outOfService;

    public OutlierMonitor(Cluster cluster, PassiveHealthPolicyCatalog policies, RandomSource random, EjectionMetrics metrics, ILogger logger)
    {
        (_cluster, _policies, _logger, _time) = (cluster, policies, logger, cluster.Time);
        _updates = new StatusUpdates(cluster);
        _ejector = new Ejector(cluster, _updates, random, metrics, logger);
        _settings = OutlierSettings.Of(cluster.Snapshot.Options, CreatePolicy, logger);
        using (ExecutionContext.SuppressFlow())
            _timer = _time.CreateTimer(static state => ((OutlierMonitor)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public bool IsListening => _settings.Rules.Length > 0 && _watched.Count > 1;

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
        lock (_lock)
        {
            var wasListening = IsListening;
            _settings = OutlierSettings.Of(snapshot.Options, CreatePolicy, _logger);
            _watched = snapshot.Destinations.ToFrozenDictionary(
                static d => d, d => _watched.GetValueOrDefault(d) ?? new WatchedDestination(d, new DestinationTraffic(_time, _settings.Window)));
            foreach (var watched in _watched.Values)
            {
                watched.Traffic.UseWindow(_settings.Window);
                if (!IsListening && watched.State != EjectionState.Serving)
                    _ejector.Forgive_NeedsLock(watched, _watched.Count > 1 ? "passive health checks are switched off" : "it is the only one", _time.GetTimestamp());
                if (IsListening && !wasListening) watched.Traffic.Restart();
            }

            CountOut_NeedsLock();
        }

        _updates.Publish();
    }

    /// <inheritdoc/>
    public void OnStarted(Destination destination, HttpRequestMessage request)
    {
        if (!_watched.TryGetValue(destination, out var watched)) return;
        watched.Traffic.Begin();
        if (watched.State == EjectionState.OnTrial && ReferenceEquals(watched.Claim, request))
        {
            watched.TriedAt = _time.GetTimestamp();
            watched.IsTried = true;
        }

        Arm();
    }

    /// <inheritdoc/>
    public void OnEnded(in AttemptOutcome outcome)
    {
        if (!_watched.TryGetValue(outcome.Destination, out var watched)) return;
        var result = DestinationTraffic.ResultOf(outcome);
        var (failures, errors) = watched.Traffic.End(outcome, result);
        if (watched.State != EjectionState.Serving)
        {
            if (!outcome.IsCut) OnEndedOut(watched, outcome.Request, result);
        }
        else if ((failures > 0 && failures == _settings.FailuresInARow) || (errors > 0 && errors == _settings.GatewayErrorsInARow))
        {
            Judge();
        }
    }

    /// <inheritdoc/>
    public bool Admits(Destination destination, HttpRequestMessage request)
    {
        if (Volatile.Read(ref _outOfService) == 0) return true;
        if (!_watched.TryGetValue(destination, out var watched) || watched.State != EjectionState.OnTrial || _cluster.Snapshot.IsPanic) return true;
        var now = _time.GetTimestamp();
        var mayTry = IsSafe(request.Method) || _time.GetElapsedTime(watched.Since, now) >= Ejector.PatienceForSafe;
        if (!mayTry || !watched.TryClaim(request, now)) return false;
        Arm();
        return true;
    }

    /// <inheritdoc/>
    public void OnStatusChanged(IReadOnlyList<StatusChange> changes)
    {
        foreach (var change in changes)
        {
            var reason = change.After.Active == DestinationHealth.Healthy && change.Before.Active != DestinationHealth.Healthy ? "probes find it healthy"
                : change.After.Override == DestinationOverride.Healthy && change.Before.Override != DestinationOverride.Healthy ? "it is to be used, by hand" : null;
            if (reason is null || !_watched.TryGetValue(change.Destination, out var watched)) continue;
            lock (_lock)
            {
                _ejector.Forgive_NeedsLock(watched, reason, _time.GetTimestamp());
                CountOut_NeedsLock();
            }

            _updates.Publish();
        }
    }

    /// <summary>What became of a destination by its traffic.</summary>
    public (EjectionState State, int Count, TimeSpan Left, TrafficSummary Traffic)? Find(Destination destination)
    {
        if (!_watched.TryGetValue(destination, out var watched)) return null;
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            var left = watched.State == EjectionState.Ejected ? _time.GetElapsedTime(now, watched.Until) : TimeSpan.Zero;
            return (watched.State, watched.Count, left > TimeSpan.Zero ? left : TimeSpan.Zero, watched.Traffic.Summarize(now));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_timerLock)
        {
            _isDisposed = true;
            _timer.Dispose();
        }
    }

    private static bool IsSafe(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options;

    /// <summary>An attempt has ended at a destination that is not in service: the one that tries it, one that began before, or one sent for want of others.</summary>
    private void OnEndedOut(WatchedDestination watched, HttpRequestMessage request, TrafficResult? result)
    {
        lock (_lock)
        {
            var tries = ReferenceEquals(watched.Claim, request);
            if (tries) watched.Unclaim();
            if (tries || watched.State == EjectionState.OnTrial) Conclude_NeedsLock(watched, tries, result);
        }

        _updates.Publish();
    }

    private void Conclude_NeedsLock(WatchedDestination watched, bool tries, TrafficResult? result)
    {
        var now = _time.GetTimestamp();
        if (result is null) return; // given up: another one may try it
        if (result == TrafficResult.Success || (result == TrafficResult.ServerError && watched.Verdict.IsUnreachable))
        {
            _ejector.Readmit_NeedsLock(watched, "a request that tried it was answered", now);
        }
        else if (tries && watched.State == EjectionState.OnTrial)
        {
            _ejector.EjectAgain_NeedsLock(watched, "the request that tried it failed", _settings.ReactivationPeriod, now);
        }

        CountOut_NeedsLock();
    }

    private IPassiveHealthPolicy? CreatePolicy(string? name)
    {
        if (_policy is { } known && string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase)) return known.Policy;
        try
        {
            var policy = _policies.Create(name);
            _policy = (name, policy);
            return policy;
        }
        catch (Exception e) // a user's factory or constructor
        {
            EjectionLog.PolicyFailed(_logger, name ?? PassiveHealthPolicyNames.TransportFailureRate, _cluster.Id, e);
            return null;
        }
    }

    private void Arm()
    {
        if (Volatile.Read(ref _isArmed)) return;
        lock (_timerLock)
        {
            if (_isArmed || _isDisposed) return;
            _isArmed = true;
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        Volatile.Write(ref _isArmed, false);
        Judge();
        foreach (var watched in _watched.Values)
        {
            if (!watched.Traffic.IsWaitedFor && watched.State != EjectionState.Ejected && watched.Claim is null) continue;
            Arm();
            return;
        }
    }

    private void Judge()
    {
        try
        {
            lock (_lock)
            {
                var now = _time.GetTimestamp();
                foreach (var watched in _watched.Values) Continue_NeedsLock(watched, now);
                if (_settings.Rules.Length > 0 && _watched.Count > 1) Judge_NeedsLock(now);
                CountOut_NeedsLock();
            }

            _updates.Publish();
        }
        catch (Exception e) // the loop goes on
        {
            EjectionLog.Failed(_logger, _cluster.Id, e);
        }
    }

    private void Continue_NeedsLock(WatchedDestination watched, long now)
    {
        if (watched.State == EjectionState.Ejected && now >= watched.Until) _ejector.EndPeriod_NeedsLock(watched, now);
        else if (watched.State == EjectionState.OnTrial) _ejector.WatchTrial_NeedsLock(watched, _settings.ReactivationPeriod, now);
    }

    private void Judge_NeedsLock(long now)
    {
        WatchedDestination[] serving = [.. _watched.Values.Where(static w => w.State == EjectionState.Serving)];
        if (serving.Length == 0) return;
        var traffic = new ClusterTraffic(
            Array.ConvertAll(serving, static w => w.Destination),
            Array.ConvertAll(serving, w => w.Traffic.Summarize(now)),
            Array.ConvertAll(serving, w => w.Traffic.Summarize(now, OutlierSettings.EnoughToCompare)));
        var found = new List<(WatchedDestination Watched, Verdict Verdict)>();
        for (var i = 0; i < serving.Length; i++)
        {
            // What probes or an operator have put out of the way need not be judged, nor what an operator wants used.
            if (!serving[i].IsInService || serving[i].Destination.Status is { Override: DestinationOverride.Healthy } or { Active: DestinationHealth.Unhealthy }) continue;
            if (VerdictOn(traffic, i) is { } verdict) found.Add((serving[i], verdict));
            else serving[i].IsKept = false;
        }

        // A server that does not answer is worse than one that answers badly.
        foreach (var (watched, verdict) in found.OrderByDescending(static f => f.Verdict.IsUnreachable)) TryEject_NeedsLock(watched, verdict, now);
    }

    private Verdict? VerdictOn(ClusterTraffic traffic, int index)
    {
        foreach (var rule in _settings.Rules)
        {
            if (rule.Judge(traffic, index) is { } verdict) return verdict;
        }

        return null;
    }

    private void TryEject_NeedsLock(WatchedDestination watched, in Verdict verdict, long now)
    {
        var inService = _watched.Values.Count(static w => w.IsInService);
        var ejected = _watched.Values.Count(static w => w.IsInService && w.State != EjectionState.Serving);
        var hasOthers = _watched.Values.Any(w => w != watched && w.State == EjectionState.Serving && w.IsInService && w.Destination.Status.Health != DestinationHealth.Unhealthy);
        if (hasOthers && ejected < EjectionLimit.Of(inService, _settings.MaxEjectedPercent))
        {
            _ejector.Eject_NeedsLock(watched, verdict, _settings.ReactivationPeriod, now);
            return;
        }

        if (!watched.IsKept && inService > 1 && _settings.MaxEjectedPercent > 0) EjectionLog.Kept(_logger, watched.Destination.Id, _cluster.Id, verdict.Reason);
        watched.IsKept = true;
        Hurry_NeedsLock(now);
    }

    /// <summary>Room is needed: who has been out the longest is tried before its time, so that old ejections do not pile up (a restart of one server after the other).</summary>
    private void Hurry_NeedsLock(long now)
    {
        WatchedDestination? oldest = null;
        foreach (var watched in _watched.Values)
        {
            if (watched.State == EjectionState.OnTrial) return;
            if (watched.State == EjectionState.Ejected && (oldest is null || watched.Since < oldest.Since)) oldest = watched;
        }

        if (oldest is not null && _time.GetElapsedTime(oldest.Since, now) >= EjectionTimes.Unreachable) _ejector.EndPeriod_NeedsLock(oldest, now);
    }

    private void CountOut_NeedsLock() => Volatile.Write(ref _outOfService, _watched.Values.Count(static w => w.State != EjectionState.Serving));
}
