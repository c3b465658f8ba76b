namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>The life of one forwarded request: one token that ends it, because the client left, nothing moved for too long, or the forwarder says so.</summary>
/// <remarks>
/// Pooled. A timer per request, set and unset, would cost more than the rest of the bookkeeping: here the timer of a scope stays armed across requests, activity is a
/// timestamp, and only when the timer fires is it asked whether time was really up.
/// </remarks>
internal sealed class ForwardScope : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly ITimer _timer;
    private CancellationTokenRegistration _clientRegistration;
    private TimeSpan _timeout;
    private long _lastActivity;
    private long _started;
    private TimeSpan? _totalTimeout;
    private ForwardEnd _overdueReason;
    private bool _active;
    private bool _armed;
    private TimeSpan _armedFor;
    private int _reason;

    public ForwardScope(TimeProvider time)
    {
        _time = time;
        Token = _ending.Token;
        using (ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(static state => ((ForwardScope)state!).OnTimer(), this, System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends everything that belongs to the request.</summary>
    public CancellationToken Token { get; }

    /// <summary>Why <see cref="Token"/> fired.</summary>
    public ForwardEnd Reason => (ForwardEnd)Volatile.Read(ref _reason);

    public void Begin(TimeSpan activityTimeout, TimeSpan? totalTimeout, CancellationToken clientGone)
    {
        var first = totalTimeout < activityTimeout ? totalTimeout.Value : activityTimeout;
        lock (_lock)
        {
            _started = _time.GetTimestamp();
            Volatile.Write(ref _lastActivity, _started);
            _active = true;
            // An armed timer may be due later than this request allows; one due earlier simply looks at the clock and re-arms.
            if (!_armed || first < _armedFor) Arm_NeedsLock(first);
            _timeout = activityTimeout;
            _totalTimeout = totalTimeout;
            _overdueReason = ForwardEnd.Overdue;
        }

        _clientRegistration = clientGone.UnsafeRegister(static state => ((ForwardScope)state!).End(ForwardEnd.ClientGone), this);
    }

    /// <summary>Something moved.</summary>
    public void Touch() => Volatile.Write(ref _lastActivity, _time.GetTimestamp());

    /// <summary>Ends the request, unless it has ended.</summary>
    public void End(ForwardEnd reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) == 0) _ending.Cancel();
    }

    /// <summary>Ends the request when this time has passed, whatever moves until then.</summary>
    public void EndAfter(TimeSpan delay, ForwardEnd reason)
    {
        lock (_lock)
        {
            _started = _time.GetTimestamp();
            _totalTimeout = delay;
            _overdueReason = reason;
            Arm_NeedsLock(delay);
        }
    }

    /// <summary>Goes over to the rules of a tunnel: another time without activity, and no time in all.</summary>
    public void BecomeTunnel(TimeSpan activityTimeout)
    {
        lock (_lock)
        {
            _timeout = activityTimeout;
            _totalTimeout = null;
            Volatile.Write(ref _lastActivity, _time.GetTimestamp());
            Arm_NeedsLock(activityTimeout);
        }
    }

    /// <summary>Detaches the scope from its request.</summary>
    /// <returns>Whether it can serve another one.</returns>
    public bool Complete()
    {
        _clientRegistration.Dispose();
        lock (_lock) _active = false;
        return Reason == ForwardEnd.None && _ending.TryReset();
    }

    public void Dispose()
    {
        _timer.Dispose();
        _ending.Dispose();
    }

    private void Arm_NeedsLock(TimeSpan due)
    {
        _armed = true;
        _armedFor = due;
        _timer.Change(due, System.Threading.Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _armed = false;
            if (!_active) return;
            var now = _time.GetTimestamp();
            var idleLeft = _timeout - _time.GetElapsedTime(Volatile.Read(ref _lastActivity), now);
            var totalLeft = _totalTimeout - _time.GetElapsedTime(_started, now) ?? TimeSpan.MaxValue;
            if (idleLeft > TimeSpan.Zero && totalLeft > TimeSpan.Zero)
            {
                Arm_NeedsLock(idleLeft < totalLeft ? idleLeft : totalLeft);
                return;
            }

            // Decided under the lock, so that a scope which has gone on to another request is never ended for this one's sake.
            var reason = idleLeft <= TimeSpan.Zero ? ForwardEnd.Inactive : _overdueReason;
            if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) != 0) return;
        }

        _ending.Cancel();
    }
}
