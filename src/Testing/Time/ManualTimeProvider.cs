namespace Net2Secure.Routing.Testing;

/// <summary>Time that stands still until a test moves it.</summary>
/// <remarks>
/// <para>Timers fire on the thread that moves time, in the order they are due and, at the same moment, in the order they were set, each in the execution context it was made in. While they fire the
/// thread has no synchronization context, so that what waits for them (<c>Task.Delay</c>, timeouts, retries) goes on at once on that thread: when <see cref="Advance"/> returns, all of
/// that has happened, as far as nobody hands work to the thread pool.</para>
/// <para>Thread-safe. Only one thread moves time at once; another one waits, and a timer's own callback that tries is refused.</para>
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    // Far more than any chain of continuations takes; then something runs that waits for no timer and gets no answer.
    private const int MaxTurns = 10_000;

    // So often in a row the thread pool has nothing waiting before time is moved: what it has just taken up gets to its end.
    private const int QuietTurns = 16;

    private static readonly DateTimeOffset DefaultStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly Lock _moving = new();
    private readonly SortedSet<ManualTimer> _timers = new(ManualTimer.Order);
    private readonly long _start;
    private long _now;
    private long _set;

    /// <summary>Makes a clock.</summary>
    /// <param name="start">The time it begins with. Default: the first second of 2026, UTC.</param>
    public ManualTimeProvider(DateTimeOffset? start = null) => _start = _now = (start ?? DefaultStart).UtcTicks;

    /// <summary>Time since the clock was made.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _now) - _start);

    /// <summary>Timers that are waiting for their time.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_lock) return _timers.Count;
        }
    }

    /// <summary>Time until the next timer is due; <see langword="null"/> when none is set.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_lock) return _timers.Min is { } next ? new TimeSpan(Math.Max(0, next.Due - _now)) : null;
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _now), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _now);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves time on and fires what comes due on the way, each at its moment.</summary>
    /// <param name="by">How far, 0 or more; 0 fires what is due already.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">A timer's callback tries to move time.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        if (_moving.IsHeldByCurrentThread) throw new InvalidOperationException("A timer moves time while time is being moved. Move it from the test instead.");
        lock (_moving)
        {
            var target = Volatile.Read(ref _now) + by.Ticks;
            var context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                while (TakeDue(target) is { } due) due.Fire();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        }
    }

    /// <summary>Moves time to the next timer and fires all that are due then. Without a timer nothing happens.</summary>
    /// <returns>Whether there was one.</returns>
    public bool AdvanceToNext()
    {
        if (NextDue is not { } next) return false;
        Advance(next);
        return true;
    }

    /// <summary>Moves time from timer to timer until a task has ended, and awaits it.</summary>
    /// <remarks>What goes on on the thread that moves time needs no more. What the task hands to the thread pool gets some turns before each step, enough for short work on a machine that has time for it; work that takes long may find that time has moved on.</remarks>
    /// <param name="task">The task.</param>
    /// <param name="most">How far time may be moved. Default: 10 minutes.</param>
    /// <exception cref="TimeoutException">It has not ended by then, or waits for something else than this clock.</exception>
    public async Task AdvanceUntilAsync(Task task, TimeSpan? most = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        var limit = Elapsed + (most ?? TimeSpan.FromMinutes(10));
        var (turns, quiet) = (0, 0);
        while (!task.IsCompleted)
        {
            await Task.Yield();
            if (task.IsCompleted) break;
            quiet = ThreadPool.PendingWorkItemCount > 0 ? 0 : quiet + 1;
            if (++turns < MaxTurns && quiet < QuietTurns) continue;
            if (NextDue is { } next && Elapsed + next <= limit)
            {
                Advance(next);
                (turns, quiet) = (0, 0);
            }
            else if (turns >= MaxTurns)
            {
                throw new TimeoutException($"The task has not ended, at {Elapsed} of the manual clock. {Waiting(limit)}");
            }
        }

        await task.ConfigureAwait(false);
    }

    /// <summary>Moves time from timer to timer until a task has ended, and awaits it.</summary>
    /// <inheritdoc cref="AdvanceUntilAsync(Task, TimeSpan?)"/>
    public async Task<TResult> AdvanceUntilAsync<TResult>(Task<TResult> task, TimeSpan? most = null)
    {
        await AdvanceUntilAsync((Task)task, most).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    private string Waiting(TimeSpan limit) =>
        NextDue is { } next ? $"The next timer is due at {Elapsed + next}, beyond the limit of {limit}." : "No timer is set: it waits for something else.";

    private ManualTimer? TakeDue(long target)
    {
        lock (_lock)
        {
            var due = _timers.Min;
            if (due is null || due.Due > target)
            {
                Volatile.Write(ref _now, target);
                return null;
            }

            if (due.Due > _now) Volatile.Write(ref _now, due.Due);
            due.Rearm_NeedsLock();
            return due;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private long _period;
        private long _number;
        private bool _isSet;
        private bool _isDisposed;

        public static Comparer<ManualTimer> Order { get; } = Comparer<ManualTimer>.Create(static (a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : a._number.CompareTo(b._number));

        public long Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Check(dueTime, nameof(dueTime));
            Check(period, nameof(period));
            lock (owner._lock)
            {
                if (_isDisposed) return false;
                _period = period.Ticks;
                Unset_NeedsLock();
                if (dueTime != Timeout.InfiniteTimeSpan) Set_NeedsLock(owner._now + dueTime.Ticks);
            }

            return true;
        }

        public void Rearm_NeedsLock()
        {
            Unset_NeedsLock();
            if (_period > 0) Set_NeedsLock(Due + _period);
        }

        public void Fire()
        {
            if (_context is null) callback(state);
            else ExecutionContext.Run(_context, static timer => ((ManualTimer)timer!).Call(), this);
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                Unset_NeedsLock();
                _isDisposed = true;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private static void Check(TimeSpan time, string name)
        {
            if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan) throw new ArgumentOutOfRangeException(name, time, "A timer takes 0 or more, or Timeout.InfiniteTimeSpan.");
        }

        private void Call() => callback(state);

        private void Set_NeedsLock(long due)
        {
            (Due, _number, _isSet) = (due, owner._set++, true);
            owner._timers.Add(this);
        }

        private void Unset_NeedsLock()
        {
            if (_isSet) owner._timers.Remove(this);
            _isSet = false;
        }
    }
}
