namespace Net2Secure.Routing.Integration.Acme;

/// <summary>The time of the machine, and jumps ahead of it: whoever waits for a time within the jump need not wait any longer. What goes on over sockets takes the time that it takes.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<Timer> _timers = [];
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Jump(TimeSpan by)
    {
        List<Timer> timers;
        lock (_lock)
        {
            _ahead += by.Ticks;
            timers = [.. _timers];
        }

        var now = GetUtcNow();
        foreach (var timer in timers) timer.Hurry(now);
    }

    private TimeSpan Ahead => TimeSpan.FromTicks(Volatile.Read(ref _ahead));

    private ITimer CreateReal(TimerCallback callback, object? state) => base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private sealed class Timer : ITimer
    {
        private readonly JumpingTime _owner;
        private readonly ITimer _real;
        private DateTimeOffset _due;
        private TimeSpan _period;

        public Timer(JumpingTime owner, TimerCallback callback, object? state)
        {
            _owner = owner;
            _real = owner.CreateReal(
                given =>
                {
                    lock (owner._lock)
                    {
                        if (!Repeats) owner._timers.Remove(this);
                    }

                    callback(given);
                },
                state);
        }

        private bool Repeats => _period > TimeSpan.Zero;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_owner._lock)
            {
                _due = _owner.GetUtcNow() + dueTime;
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan) _owner._timers.Remove(this);
                else _owner._timers.Add(this);
                return _real.Change(dueTime, period);
            }
        }

        /// <summary>Fires at once what is due by now; one that comes again and again does so at least once.</summary>
        public void Hurry(DateTimeOffset now)
        {
            lock (_owner._lock)
            {
                if (_owner._timers.Contains(this) && (Repeats || _due <= now)) _real.Change(TimeSpan.Zero, _period);
            }
        }

        public void Dispose()
        {
            lock (_owner._lock) _owner._timers.Remove(this);
            _real.Dispose();
        }

        public async ValueTask DisposeAsync()
        {
            lock (_owner._lock) _owner._timers.Remove(this);
            await _real.DisposeAsync();
        }
    }
}
