using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Bounds what is in flight in a cluster, and keeps the line of those who wait.</summary>
/// <remarks>
/// <para>Without limits, and with limits while there is room, a request meets counters only. The lock is for the line: it is taken by those who have to wait, and, while somebody waits, by those who end.</para>
/// <para>
/// First come, first served. Whoever ends serves one of the line before going on: the choice is made, and the slot taken, on behalf of the one who waits, so nobody wakes for nothing and nobody
/// slips in between. A line that serves the latest first would keep more of the waits short under a long overload, but it lets the earliest wait in vain; here MaxQueue and QueueTimeout bound
/// every wait, and what is beyond them is refused at once.
/// </para>
/// <para>No wake-up is lost: who waits is counted before it looks for room once more, and who makes room looks for those who wait afterwards, both across a full fence.</para>
/// </remarks>
internal sealed class RequestLimiter(Cluster cluster, LimitsMetrics metrics, ILogger logger) : IClusterFeature, IStatusListener
{
    /// <summary>Refusals are logged when they begin; begun is what follows on so much time without one.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly WaitingLine _line = new();
    private LimitSettings? _settings;
    private ITimer? _timer;
    private bool _timerIsSet;
    private bool _walkAgain;
    private bool _disposed;
    private int _inFlight;
    private long? _lastRefusal;

    /// <summary>The limits that are in force; <see langword="null"/> for none.</summary>
    public LimitSettings? Settings => Volatile.Read(ref _settings);

    /// <summary>How many requests wait.</summary>
    public int Waiting => _line.Count;

    /// <summary>Whether some wait who take whoever is free, so that a newcomer has to stand behind them.</summary>
    public bool IsCrowded => _line.TakingAny > 0;

    /// <summary>Whether the cluster as a whole has as much in flight as it may.</summary>
    public bool IsFull => Settings is { } settings && Volatile.Read(ref _inFlight) >= settings.PerCluster;

    /// <summary>Takes over the limits of a configuration that is about to be published.</summary>
    public void Prepare(ClusterSnapshot snapshot)
    {
        var settings = LimitSettings.Of(snapshot.Options);
        var count = snapshot.Destinations.Count;
        for (var i = 0; i < count; i++)
        {
            var destination = snapshot.Destinations[i];
            destination.UseLimiter(this);
            destination.AdaptiveLimit = settings is { IsAdaptive: true } ? AdaptiveLimit.For(destination.AdaptiveLimit, settings, (double)i / count) : null;
            destination.RequestLimit = destination.AdaptiveLimit?.Limit ?? settings?.PerDestination ?? LimitSettings.None;
        }

        Volatile.Write(ref _settings, settings);
    }

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
        ServeAll();
        Expire();
    }

    /// <inheritdoc/>
    public void OnStatusChanged(IReadOnlyList<StatusChange> changes) => ServeAll();

    /// <summary>Counts an attempt for the cluster as a whole, if the limit allows it.</summary>
    public bool TryEnter(int limit)
    {
        var inFlight = Volatile.Read(ref _inFlight);
        while (inFlight < limit)
        {
            var found = Interlocked.CompareExchange(ref _inFlight, inFlight + 1, inFlight);
            if (found == inFlight) return true;
            inFlight = found;
        }

        return false;
    }

    /// <summary>Gives back what <see cref="TryEnter"/> has counted. Followed by the end of the attempt at its destination, which serves the line.</summary>
    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>A slot has been given back.</summary>
    public void OnReleased()
    {
        // A choice on behalf of the line that gives back what a gate has refused ends here as well: it is in the midst of serving.
        if (_line.Count == 0 || _lock.IsHeldByCurrentThread) return;
        lock (_lock) Walk_NeedsLock(all: false);
    }

    /// <summary>There is more room, or it is somewhere else.</summary>
    public void ServeAll()
    {
        if (_line.Count == 0) return;
        if (_lock.IsHeldByCurrentThread)
        {
            _walkAgain = true; // a gate has changed a status while it was asked
            return;
        }

        lock (_lock)
        {
            _walkAgain = false;
            Walk_NeedsLock(all: true);
            if (_walkAgain) Walk_NeedsLock(all: true); // once more and not for ever, for a gate that cannot make up its mind
        }
    }

    /// <summary>Stands in line until there is room.</summary>
    /// <param name="request">The request.</param>
    /// <param name="choice">How its choice came out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NoDestinationException">The line is full, the wait was too long, or nobody is left to wait for.</exception>
    public ValueTask<CountedAttempt> WaitAsync(HttpRequestMessage request, Choice choice, CancellationToken cancellationToken)
    {
        WaitingRequest waiting;
        lock (_lock)
        {
            var settings = Settings; // gone by now, perhaps: then there is room
            if (_line.Count >= (settings?.MaxQueue ?? int.MaxValue)) return ValueTask.FromException<CountedAttempt>(Refuse_NeedsLock(settings));
            waiting = new WaitingRequest(this, request, cluster.Time.GetTimestamp()) { WaitsFor = choice.WaitsFor };
            var mustStandBehind = waiting.TakesAny && IsCrowded;
            _line.Append(waiting);
            if (!mustStandBehind && TryServe_NeedsLock(waiting)) return new ValueTask<CountedAttempt>(waiting.Task);
            if (!_timerIsSet) SetTimer_NeedsLock(settings?.QueueTimeout ?? LimitSettings.DefaultQueueTimeout);
        }

        return AwaitAsync(waiting, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Those who wait are still served: what is in flight to a cluster that goes may finish, and so may they.</remarks>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            if (!_timerIsSet) _timer?.Dispose();
        }
    }

    private static async ValueTask<CountedAttempt> AwaitAsync(WaitingRequest waiting, CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var one = (WaitingRequest)state!;
                one.Limiter.Abandon(one, token);
            },
            waiting);
        try
        {
            return await waiting.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (RequestRouting.Of(waiting.Request) is { TimedOut: true })
        {
            // The time of the attempt was up before it had a destination: nobody's fault but that of the line.
            throw waiting.Limiter.Refuse(NoDestinationReason.WaitTimedOut);
        }
        finally
        {
            registration.Unregister();
        }
    }

    private void Abandon(WaitingRequest waiting, CancellationToken token)
    {
        lock (_lock)
        {
            if (!waiting.IsInLine) return; // it has been served or refused already
            Leave_NeedsLock(waiting, LimitsMetrics.Cancelled);
        }

        waiting.TrySetCanceled(token);
    }

    private void Walk_NeedsLock(bool all)
    {
        var nobodyIsFree = false;
        for (var waiting = _line.First; waiting is not null;)
        {
            var next = waiting.Next;
            var isSkipped = waiting.TakesAny ? nobodyIsFree : !all && waiting.WaitsFor is { HasRoom: false };
            if (!isSkipped)
            {
                if (!TryServe_NeedsLock(waiting)) nobodyIsFree |= waiting is { IsInLine: true, TakesAny: true };
                else if (!all) return;
            }

            if (nobodyIsFree && _line.TakingAny == _line.Count) return;
            waiting = next;
        }
    }

    /// <returns>Whether it has left the line with a slot.</returns>
    private bool TryServe_NeedsLock(WaitingRequest waiting)
    {
        try
        {
            var choice = DestinationChoice.Choose(cluster, waiting.Request);
            if (choice.TryGetAttempt(out var attempt))
            {
                Leave_NeedsLock(waiting, LimitsMetrics.Admitted);
                waiting.TrySetResult(attempt);
                return true;
            }

            if (choice.IsFull)
            {
                _line.Redirect(waiting, choice.WaitsFor);
                return false;
            }

            Leave_NeedsLock(waiting, LimitsMetrics.NoneUsable);
            waiting.TrySetException(new NoDestinationException(cluster.Id));
        }
        catch (Exception e) // a user's policy: the failure of the request it was asked for, not of the one that made room
        {
            if (waiting.IsInLine) Leave_NeedsLock(waiting, LimitsMetrics.NoneUsable);
            waiting.TrySetException(e);
        }

        return false;
    }

    private void Leave_NeedsLock(WaitingRequest waiting, string outcome)
    {
        _line.Remove(waiting);
        metrics.Waited(cluster, outcome, cluster.Time.GetElapsedTime(waiting.Since));
    }

    private NoDestinationException Refuse(NoDestinationReason reason)
    {
        lock (_lock) return Refuse_NeedsLock(Settings, reason);
    }

    private NoDestinationException Refuse_NeedsLock(LimitSettings? settings, NoDestinationReason reason = NoDestinationReason.LimitReached)
    {
        metrics.Refused(cluster, reason);
        var now = cluster.Time.GetTimestamp();
        if (_lastRefusal is not { } last || cluster.Time.GetElapsedTime(last, now) > Quiet) LimitsLog.Refusing(logger, cluster.Id, _line.Count);
        _lastRefusal = now;
        return new NoDestinationException(cluster.Id, reason, settings?.RetryAfter);
    }

    private void SetTimer_NeedsLock(TimeSpan due)
    {
        _timerIsSet = true;
        if (_timer is not null)
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
            return;
        }

        using (ExecutionContext.SuppressFlow())
            _timer = cluster.Time.CreateTimer(static state => ((RequestLimiter)state!).Expire(), this, due, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Refuses those who have waited too long. One timer for the line, set for whoever stands first: all wait equally long, so nobody behind is due before.</summary>
    private void Expire()
    {
        lock (_lock)
        {
            _timerIsSet = false;
            var settings = Settings;
            var now = cluster.Time.GetTimestamp();
            while (_line.First is { } first)
            {
                var left = (settings?.QueueTimeout ?? LimitSettings.DefaultQueueTimeout) - cluster.Time.GetElapsedTime(first.Since, now);
                if (left > TimeSpan.Zero)
                {
                    SetTimer_NeedsLock(left);
                    return;
                }

                Leave_NeedsLock(first, LimitsMetrics.TimedOut);
                first.TrySetException(Refuse_NeedsLock(settings, NoDestinationReason.WaitTimedOut));
            }

            if (_disposed) _timer?.Dispose();
        }
    }
}
