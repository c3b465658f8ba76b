namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps retries, hedges and mirrored requests together to a share of the requests of a cluster, so that they never make an overload worse.</summary>
/// <remarks>
/// <para>Two rules. Over the window, extra attempts stay below a share of the requests. And while more than <see cref="BrakePercent"/> of the attempts of the last half second were
/// answered by signs of overload (a status that is retried, no answer in time), only the few per second of <see cref="AttemptBudgetOptions.MinPerSecond"/> are left: a share alone would
/// let an overloaded cluster have a fifth more to do. A broken connection is no such sign: when a server dies, all that was under way on it may go elsewhere. But when more than
/// <see cref="BreakPercent"/> of the attempts of the last two seconds broke, there is no elsewhere, and the few per second are all that is left of those, too.</para>
/// <para>Thread-safe. A request costs one increment; only who asks for an extra attempt takes a lock.</para>
/// </remarks>
internal sealed class AttemptBudget : IClusterFeature
{
    /// <summary>Share of attempts that show overload from which on it is taken for one. Above what one sick destination of four causes.</summary>
    public const int BrakePercent = 30;

    /// <summary>Fewer signs of overload than this say nothing.</summary>
    public const int BrakeMinimum = 10;

    /// <summary>Share of attempts whose connections broke from which on it is the cluster, not one of its destinations. Above what the death of three of four causes.</summary>
    public const int BreakPercent = 80;

    /// <summary>Fewer broken connections than this say nothing: what was under way at a server that dies may be all there is.</summary>
    public const int BreakMinimum = 30;

    private const int SlotsPerSecond = 4;

    private readonly Cluster _cluster;
    private readonly ResilienceMetrics _metrics;
    private readonly long _slotLength;
    private readonly Lock _lock = new();
    private State _state = new(new AttemptBudgetOptions());

    public AttemptBudget(Cluster cluster, ResilienceMetrics metrics)
    {
        _cluster = cluster;
        _metrics = metrics;
        _slotLength = Math.Max(1, cluster.Time.TimestampFrequency / SlotsPerSecond);
    }

    /// <summary>A request of a client begins.</summary>
    public void CountRequest() => Interlocked.Increment(ref Present(Volatile.Read(ref _state)).Requests);

    /// <summary>An attempt has shown that the cluster has too much to do.</summary>
    public void CountOverload() => Interlocked.Increment(ref Present(Volatile.Read(ref _state)).Overloads);

    /// <summary>The connection of an attempt broke before it was answered.</summary>
    public void CountBroken() => Interlocked.Increment(ref Present(Volatile.Read(ref _state)).Broken);

    /// <summary>Asks for an extra attempt. A yes is spent, whether the attempt is made or not.</summary>
    /// <param name="kind">What for; metrics tell by it what was refused.</param>
    /// <param name="afterBrokenConnection">The attempt takes the place of one whose connection broke: overload is not asked about, unless nearly all of them break.</param>
    public bool TryTake(ExtraAttempt kind, bool afterBrokenConnection = false)
    {
        bool isGranted;
        lock (_lock)
        {
            var state = _state;
            ref var present = ref Present(state);
            isGranted = Grants_NeedsLock(state, Now(), afterBrokenConnection);
            if (isGranted) present.Taken++;
        }

        if (!isGranted) _metrics.CountRefused(_cluster.Id, kind);
        return isGranted;
    }

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
        var options = snapshot.Options.Resilience?.Budget ?? new AttemptBudgetOptions();
        var before = _state.Options;
        if (options.Percent == before.Percent && options.MinPerSecond == before.MinPerSecond && options.Window == before.Window) return;
        lock (_lock) Volatile.Write(ref _state, new State(options));
    }

    public void Dispose()
    {
        // Nothing of it is alive.
    }

    /// <summary>The requests of the window, the extra attempts made, and how many the share allows.</summary>
    public (int Requests, int Taken, int Allowed) Usage()
    {
        lock (_lock)
        {
            var state = _state;
            var now = Now();
            var window = new Slot();
            foreach (ref var slot in state.Slots.AsSpan())
            {
                var age = now - Volatile.Read(ref slot.Number);
                if (age >= 0 && age < state.Slots.Length) window.Add(slot);
            }

            return (window.Requests, window.Taken, (int)Math.Max(state.Options.MinPerSecond * state.Options.Window.TotalSeconds, state.Options.Percent / 100.0 * window.Requests));
        }
    }

    private static bool Grants_NeedsLock(State state, long now, bool afterBrokenConnection)
    {
        var options = state.Options;
        var window = new Slot();
        var second = new Slot();
        var recent = new Slot();
        var latest = new Slot();
        foreach (ref var slot in state.Slots.AsSpan())
        {
            var age = now - Volatile.Read(ref slot.Number);
            if (age < 0 || age >= state.Slots.Length) continue;
            window.Add(slot);
            if (age <= SlotsPerSecond) second.Add(slot);
            if (age <= SlotsPerSecond / 2) recent.Add(slot);
            if (age <= SlotsPerSecond * 2) latest.Add(slot);
        }

        var allowed = Math.Max(options.MinPerSecond * options.Window.TotalSeconds, options.Percent / 100.0 * window.Requests);
        if (window.Taken >= allowed) return false;
        var isOverloaded = recent.Overloads >= BrakeMinimum && recent.Overloads * 100L > (recent.Requests + recent.Taken) * (long)BrakePercent;
        var isBreaking = latest.Broken >= BreakMinimum && latest.Broken * 100L > (latest.Requests + latest.Taken) * (long)BreakPercent;
        return (!isBreaking && (afterBrokenConnection || !isOverloaded)) || second.Taken < options.MinPerSecond;
    }

    private long Now() => _cluster.Time.GetTimestamp() / _slotLength;

    private ref Slot Present(State state)
    {
        var now = Now();
        ref var slot = ref state.Slots[(int)(now % state.Slots.Length)];
        // Whoever comes first clears what is a window old; a count that is lost meanwhile is one of many.
        var number = Volatile.Read(ref slot.Number);
        if (number != now && Interlocked.CompareExchange(ref slot.Number, now, number) == number) slot.Requests = slot.Taken = slot.Overloads = slot.Broken = 0;
        return ref slot;
    }

    private sealed class State(AttemptBudgetOptions options)
    {
        public AttemptBudgetOptions Options { get; } = options;

        public Slot[] Slots { get; } = new Slot[(int)(options.Window.TotalSeconds * SlotsPerSecond) + 1];
    }

    private struct Slot
    {
        public long Number;
        public int Requests;
        public int Taken;
        public int Overloads;
        public int Broken;

        public void Add(in Slot other)
        {
            Requests += other.Requests;
            Taken += other.Taken;
            Overloads += other.Overloads;
            Broken += other.Broken;
        }
    }
}
