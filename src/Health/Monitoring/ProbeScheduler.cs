namespace Net2Secure.Routing.Health;

/// <summary>Says when which probe runs, for all clusters of the process: one timer, one heap, and a bound on how many run at once.</summary>
/// <remarks>
/// Thread-safe. A probe that is due while the bound is reached waits its turn, first come, first served. An entry that is scheduled anew or cancelled stays behind in the heap as
/// a stale one and is passed over when it comes up; when most are stale, they are swept out.
/// </remarks>
internal sealed class ProbeScheduler : IDisposable
{
    /// <summary>Probes that run at once. Enough for 10,000 destinations that answer, and for some hundred that do not; few enough for the descriptors of a process.</summary>
    public const int DefaultMaxConcurrent = 512;

    // Timers that fire for each probe alone would wake the process hundreds of times a second for nothing: what is due within this is taken along.
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5);
    private const int FewStale = 64;

    private readonly Lock _lock = new();
    private readonly PriorityQueue<Turn, long> _due = new();
    private readonly Queue<Turn> _waiting = new();
    private readonly TimeProvider _time;
    private readonly int _maxConcurrent;
    private readonly ITimer _timer;
    private readonly long _grain;
    private long _armedFor = long.MaxValue;
    private int _running;
    private int _stale;
    private bool _disposed;

    public ProbeScheduler(TimeProvider time, int maxConcurrent = DefaultMaxConcurrent)
    {
        _time = time;
        _maxConcurrent = maxConcurrent;
        _grain = (long)(Grain.TotalSeconds * time.TimestampFrequency);
        _timer = time.CreateTimer(static state => ((ProbeScheduler)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Entries in the heap, stale ones included.</summary>
    internal int Count
    {
        get
        {
            lock (_lock) return _due.Count;
        }
    }

    /// <summary>Runs an entry once, after a while, instead of whenever it was to run before.</summary>
    public void Schedule(Entry entry, TimeSpan delay)
    {
        var due = _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
        lock (_lock)
        {
            if (_disposed) return;
            Forget_NeedsLock(entry);
            entry.Due = due;
            entry.IsScheduled = true;
            _due.Enqueue(new Turn(entry, entry.Ticket), due);
            Arm_NeedsLock(due);
        }
    }

    /// <summary>Runs an entry that waits sooner, if that is sooner.</summary>
    public void Hurry(Entry entry, TimeSpan delay)
    {
        var due = _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
        lock (_lock)
        {
            if (!entry.IsScheduled || entry.Due <= due || _disposed) return;
        }

        Schedule(entry, delay);
    }

    /// <summary>Does not run an entry any more.</summary>
    public void Cancel(Entry entry)
    {
        lock (_lock) Forget_NeedsLock(entry);
    }

    /// <summary>An entry that was run has ended; called once for each run.</summary>
    public void Ended()
    {
        Entry? next = null;
        lock (_lock)
        {
            _running--;
            if (TryTakeWaiting_NeedsLock(out next)) _running++;
        }

        next?.Run();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _due.Clear();
            _waiting.Clear();
        }

        _timer.Dispose();
    }

    private void OnTimer()
    {
        List<Entry>? ready = null;
        lock (_lock)
        {
            if (_disposed) return;
            _armedFor = long.MaxValue;
            var now = _time.GetTimestamp();
            while (_due.TryPeek(out var turn, out var due) && due <= now)
            {
                _due.Dequeue();
                if (turn.Ticket != turn.Entry.Ticket) _stale--;
                else _waiting.Enqueue(turn);
            }

            while (_running < _maxConcurrent && TryTakeWaiting_NeedsLock(out var entry))
            {
                _running++;
                (ready ??= []).Add(entry);
            }

            if (_due.TryPeek(out _, out var next)) Arm_NeedsLock(Math.Max(next, now + _grain));
        }

        if (ready is null) return;
        foreach (var entry in ready) entry.Run();
    }

    private bool TryTakeWaiting_NeedsLock([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Entry? entry)
    {
        while (_waiting.TryDequeue(out var turn))
        {
            if (turn.Ticket != turn.Entry.Ticket) continue; // scheduled anew or cancelled while it waited
            turn.Entry.Ticket++;
            turn.Entry.IsScheduled = false;
            entry = turn.Entry;
            return true;
        }

        entry = null;
        return false;
    }

    private void Forget_NeedsLock(Entry entry)
    {
        if (!entry.IsScheduled) return;
        entry.IsScheduled = false;
        entry.Ticket++;
        if (++_stale <= FewStale || _stale <= _due.Count / 2) return;
        var live = new List<(Turn, long)>(_due.Count - Math.Min(_stale, _due.Count));
        foreach (var (turn, due) in _due.UnorderedItems)
        {
            if (turn.Ticket == turn.Entry.Ticket) live.Add((turn, due));
        }

        _due.Clear();
        _due.EnqueueRange(live);
        _stale = 0;
    }

    private void Arm_NeedsLock(long due)
    {
        if (due >= _armedFor) return;
        _armedFor = due;
        var delay = _time.GetElapsedTime(_time.GetTimestamp(), due);
        _timer.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private readonly record struct Turn(Entry Entry, int Ticket);

    /// <summary>Something that is to run. Its place in the schedule is kept under the scheduler's lock.</summary>
    internal abstract class Entry
    {
        internal int Ticket { get; set; }

        internal long Due { get; set; }

        internal bool IsScheduled { get; set; }

        /// <summary>Runs it; must not fail, and must not take long before it returns. <see cref="Ended"/> is called when it is through.</summary>
        public abstract void Run();
    }
}
