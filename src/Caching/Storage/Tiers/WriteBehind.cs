namespace Net2Secure.Routing.Caching;

/// <summary>Writes to the store behind what the one in front has taken, a little later and in order for each key. Bounded: what finds no room is dropped, and then what it would have replaced is removed.</summary>
/// <param name="write">Writes one; <see langword="false"/>: it could not. Never fails but by cancellation.</param>
/// <param name="remove">Removes what is stored under a key, now or later. Never fails.</param>
/// <param name="forget">Removes what is stored under a key, if that can be done now: it is older than what there is in front, and not wrong. Never fails.</param>
/// <param name="removeLater">Sees to it that nothing is found under a key until it has been removed.</param>
/// <param name="options">Bounds.</param>
/// <param name="time">The clock.</param>
internal sealed class WriteBehind(
    Func<CacheKey, TierWrite, CancellationToken, Task<bool>> write, Func<CacheKey, Task<long>> remove, Func<CacheKey, Task> forget, Action<CacheKey> removeLater,
    TieredResponseCacheOptions options, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How many keys may have something waiting, bodies or not.</summary>
    public const int MaxKeys = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, Line> _lines = [];
    private readonly Queue<CacheKey> _order = new();
    private TaskCompletionSource? _idle;
    private long _bytes;
    private long _dropped;
    private int _writers;
    private bool _isClosed;

    /// <summary>Writes that found no room, since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Bytes of bodies that wait.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Takes a write, in place of one for the same variant that still waits.</summary>
    public void Add(CacheKey key, TierWrite added)
    {
        lock (_lock)
        {
            if (_isClosed || (_lines.Count >= MaxKeys && !_lines.ContainsKey(key)))
            {
                Drop_NeedsLock(added);
                if (!_isClosed && added.Head.IsDoubted) removeLater(key);
                return;
            }

            var line = LineOf_NeedsLock(key);
            if (line.Waiting.FindIndex(w => w.Head.Variant == added.Head.Variant) is >= 0 and var i)
            {
                var earlier = line.Waiting[i];
                line.Waiting.RemoveAt(i);
                added = Merge_NeedsLock(earlier, added);
            }

            if (_bytes + added.Bytes > options.MaxQueuedBytes)
            {
                // Kept in front only. What it replaces should not be found any more.
                Drop_NeedsLock(added);
                line.IsOutdated = true;
                line.IsRemoved |= added.Head.IsDoubted;
            }
            else
            {
                _bytes += added.Bytes;
                line.Waiting.Add(added);
            }

            Start_NeedsLock(key, line);
        }
    }

    /// <summary>Removes what is stored behind under a key, in its turn: it is older than what there is in front.</summary>
    public void AddRemoval(CacheKey key)
    {
        lock (_lock)
        {
            if (_isClosed || (_lines.Count >= MaxKeys && !_lines.ContainsKey(key))) return;
            var line = LineOf_NeedsLock(key);
            line.IsOutdated = true;
            Start_NeedsLock(key, line);
        }
    }

    /// <summary>What waits for a key, or is being written. The bodies may be given back at any time: take a reference.</summary>
    public TierWrite[] Waiting(CacheKey key)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(key, out var line)) return [];
            return line.Running is { } running ? [running, .. line.Waiting] : [.. line.Waiting];
        }
    }

    /// <summary>Forgets what waits for a key, and stops what is being written.</summary>
    /// <returns>Ends when nothing of it is being written any more; <see langword="true"/>: there was something.</returns>
    public Task<bool> ForgetAsync(CacheKey key)
    {
        Line? line;
        lock (_lock)
        {
            if (!_lines.TryGetValue(key, out line)) return Task.FromResult(false);
            Clear_NeedsLock(line, static _ => true);
        }

        return StopAsync([(key, line)]);
    }

    /// <summary>Forgets what a purge concerns, or puts it in doubt, and waits for what is being written.</summary>
    public Task PurgeAsync(CachePurge purge)
    {
        var concerned = new List<(CacheKey, Line)>();
        var cleared = new List<CacheKey>();
        lock (_lock)
        {
            foreach (var (key, line) in _lines)
            {
                if (purge.IsSoft)
                {
                    foreach (var waiting in line.Waiting)
                    {
                        if (purge.Concerns(key, waiting.Head.Tags)) waiting.Head = waiting.Head.With(isDoubted: true);
                    }
                }
                else if (Clear_NeedsLock(line, w => purge.Concerns(key, w.Head.Tags)))
                {
                    cleared.Add(key);
                }

                if (line.Running is { } running && purge.Concerns(key, running.Head.Tags)) concerned.Add((key, line));
            }
        }

        return StopAllAsync(concerned, cleared);
    }

    /// <summary>Ends when nothing waits.</summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            if (_writers == 0) return Task.CompletedTask;
            return (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Writes what still waits, as long as there is time.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await FlushAsync().WaitAsync(options.StopTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What has not been written until now is lost, and not missed.
        }

        lock (_lock)
        {
            _isClosed = true;
            foreach (var line in _lines.Values)
            {
                Clear_NeedsLock(line, static _ => true);
                line.Stop?.Cancel();
            }
        }
    }

    private static TierWrite Merge(TierWrite earlier, TierWrite later)
    {
        if (later.Replaced is null) return later;
        // A head for what has not been written yet.
        return new TierWrite(later.Head, later.Body ?? earlier.Body, earlier.Replaced, later.Length);
    }

    private TierWrite Merge_NeedsLock(TierWrite earlier, TierWrite later)
    {
        _bytes -= earlier.Bytes;
        var merged = Merge(earlier, later);
        if (merged.Body != earlier.Body) earlier.Body?.Release();
        else if (later.Body is not null) later.Body.Release();
        return merged;
    }

    private Line LineOf_NeedsLock(CacheKey key)
    {
        if (!_lines.TryGetValue(key, out var line)) _lines[key] = line = new Line();
        return line;
    }

    private void Start_NeedsLock(CacheKey key, Line line)
    {
        if (line.IsQueued) return;
        line.IsQueued = true;
        _order.Enqueue(key);
        if (_writers >= options.Writers) return;
        _writers++;
        _ = Task.Run(RunAsync);
    }

    // What was to be replaced is still there, and may not be what the purge is about.
    private async Task StopAllAsync(List<(CacheKey, Line)> concerned, List<CacheKey> cleared)
    {
        await StopAsync(concerned).ConfigureAwait(false);
        foreach (var key in cleared) await remove(key).ConfigureAwait(false);
    }

    private bool Clear_NeedsLock(Line line, Predicate<TierWrite> isMeant)
    {
        foreach (var waiting in line.Waiting)
        {
            if (!isMeant(waiting)) continue;
            _bytes -= waiting.Bytes;
            waiting.Body?.Release();
        }

        return line.Waiting.RemoveAll(isMeant) > 0;
    }

    private void Drop_NeedsLock(TierWrite added)
    {
        _dropped++;
        added.Body?.Release();
    }

    private async Task<bool> StopAsync(List<(CacheKey Key, Line Line)> lines)
    {
        var wasBusy = false;
        foreach (var (key, line) in lines)
        {
            Task? ended;
            lock (_lock)
            {
                ended = line.Ended?.Task;
                // Whatever comes of it: it is removed again when it has ended.
                if (ended is not null) line.IsRemoved = true;
                line.Stop?.Cancel();
            }

            wasBusy = true;
            if (ended is null) continue;
            try
            {
                await ended.WaitAsync(options.Timeout, time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                removeLater(key);
            }
        }

        return wasBusy;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            CacheKey key;
            Line line;
            TierWrite? next;
            bool removes;
            bool forgets;
            lock (_lock)
            {
                if (!_order.TryDequeue(out key))
                {
                    _writers--;
                    if (_writers > 0) return;
                    _idle?.TrySetResult();
                    _idle = null;
                    return;
                }

                line = _lines[key];
                removes = line.IsRemoved;
                forgets = line.IsOutdated;
                line.IsRemoved = line.IsOutdated = false;
                next = line.Waiting.Count > 0 ? line.Waiting[0] : null;
                if (next is not null) line.Waiting.RemoveAt(0);
                line.Running = next;
                line.Ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                line.Stop = new CancellationTokenSource(options.WriteTimeout, time);
            }

            if (removes) await remove(key).ConfigureAwait(false);
            else if (forgets) await forget(key).ConfigureAwait(false);
            if (next is not null && !await TryWriteAsync(key, next, line.Stop.Token).ConfigureAwait(false)) await (next.Head.IsDoubted ? remove(key) : forget(key)).ConfigureAwait(false);
            End(key, line, next);
        }
    }

    private async Task<bool> TryWriteAsync(CacheKey key, TierWrite next, CancellationToken cancellationToken)
    {
        Task<bool>? writing = null;
        try
        {
            writing = write(key, next, cancellationToken);
            // Told to stop it has as much time again. It has to have ended before anything else is done with the key.
            return await writing.WaitAsync(2 * options.WriteTimeout, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _ = writing!.ContinueWith((_, state) => removeLater((CacheKey)state!), key, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return false;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private void End(CacheKey key, Line line, TierWrite? written)
    {
        lock (_lock)
        {
            if (written is not null)
            {
                _bytes -= written.Bytes;
                written.Body?.Release();
            }

            line.Running = null;
            line.Stop!.Dispose();
            line.Stop = null;
            line.IsQueued = false;
            line.Ended!.TrySetResult();
            line.Ended = null;
            if (line.IsRemoved || line.IsOutdated || line.Waiting.Count > 0) Start_NeedsLock(key, line);
            else _lines.Remove(key);
        }
    }

    /// <summary>What is to be done for one key, one after the other.</summary>
    private sealed class Line
    {
        public List<TierWrite> Waiting { get; } = new(1);

        public TierWrite? Running { get; set; }

        public CancellationTokenSource? Stop { get; set; }

        public TaskCompletionSource? Ended { get; set; }

        /// <summary>What is stored behind must go first: it has been removed.</summary>
        public bool IsRemoved { get; set; }

        /// <summary>What is stored behind should go first: there is something newer in front.</summary>
        public bool IsOutdated { get; set; }

        public bool IsQueued { get; set; }
    }
}
