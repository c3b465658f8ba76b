namespace Net2Secure.Routing.Balancing;

/// <summary>Leads destinations that come back into service, or are added to a running cluster, to their full weight step by step: caches, connections and compilers have to become warm first.</summary>
/// <remarks>
/// Only the weight of the destination itself grows, so no more traffic moves than it gains. All that are on their way step together, at most <see cref="Steps"/> times per window. Not for what is
/// there at the start of a cluster: everything would begin alike anyway. A destination that goes out again begins anew. Source: Envoy, "Slow start mode".
/// </remarks>
internal sealed class SlowStart : IClusterFeature, IStatusListener
{
    /// <summary>Steps from the first weight to the full one: each is a new snapshot, with all that policies compute for it.</summary>
    public const int Steps = 20;

    private const string Reason = "slow start";

    private readonly Cluster _cluster;
    private readonly Lock _lock = new();

    // Since when each is on its way; null while it is out, or has not been usable yet. Whoever is not in here has its full weight.
    private readonly Dictionary<Destination, long?> _since = [];
    private HashSet<Destination>? _known;
    private SlowStartOptions? _options;
    private IAvailabilityRules _rules = AvailabilityRules.Default;
    private ITimer? _timer;
    private bool _disposed;

    public SlowStart(Cluster cluster) => _cluster = cluster;

    /// <summary>The share of its weight that a destination has after a time.</summary>
    public static double At(TimeSpan elapsed, SlowStartOptions options)
    {
        var part = elapsed / options.Window;
        return part >= 1 ? 1 : Math.Max(options.MinPercent / 100.0, part <= 0 ? 0 : Math.Pow(part, 100.0 / options.AggressionPercent));
    }

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
        List<Destination> touched;
        lock (_lock)
        {
            if (_disposed) return;
            touched = [.. _since.Keys];
            var before = _known;
            _known = [.. snapshot.Destinations.Where(d => d.Weight > 0)];
            _options = snapshot.Options.SlowStart is { Enabled: true } options ? options : null;
            _rules = EffectiveWeights.RulesOf(snapshot.Options);
            foreach (var destination in touched)
            {
                if (_options is null || !_known.Contains(destination)) _since.Remove(destination);
            }

            if (_options is not null && before is not null)
            {
                foreach (var destination in _known)
                {
                    if (before.Contains(destination)) continue;
                    _since[destination] = Takes(destination, destination.Status) ? _cluster.Time.GetTimestamp() : null;
                    touched.Add(destination);
                }
            }

            Arm_NeedsLock();
        }

        Refresh(touched);
    }

    /// <inheritdoc/>
    public void OnStatusChanged(IReadOnlyList<StatusChange> changes)
    {
        List<Destination>? touched = null;
        lock (_lock)
        {
            if (_options is null || _disposed) return;
            foreach (var (destination, before, after, _) in changes)
            {
                if (_known?.Contains(destination) != true) continue;
                var isOnItsWay = _since.TryGetValue(destination, out var since);
                if (!Takes(destination, after))
                {
                    // One that nobody has judged yet is not out: it has not begun.
                    if ((isOnItsWay && since is null) || (after.Health == DestinationHealth.Unknown && !Takes(destination, before))) continue;
                    _since[destination] = null;
                }
                else if (isOnItsWay && since is null)
                {
                    _since[destination] = _cluster.Time.GetTimestamp();
                }
                else
                {
                    continue;
                }

                (touched ??= []).Add(destination);
            }

            if (touched is null) return;
            Arm_NeedsLock();
        }

        Refresh(touched);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private void Step()
    {
        List<Destination> touched = [];
        lock (_lock)
        {
            if (_disposed || _options is null) return;
            var now = _cluster.Time.GetTimestamp();
            foreach (var (destination, since) in _since)
            {
                if (since is null) continue;
                touched.Add(destination);
                if (_cluster.Time.GetElapsedTime(since.Value, now) >= _options.Window) _since.Remove(destination);
            }

            Arm_NeedsLock();
        }

        Refresh(touched);
    }

    // Each change asks for the state of that moment, so that of two at once the later one is right. Not called with the lock held: others listen to what changes.
    private void Refresh(List<Destination> destinations)
    {
        if (destinations.Count > 0) _cluster.Update(destinations, (destination, status) => status with { Ramp = RampOf(destination) }, static _ => Reason);
    }

    private double RampOf(Destination destination)
    {
        lock (_lock)
        {
            if (_options is null || !_since.TryGetValue(destination, out var since)) return 1;
            return At(since is null ? TimeSpan.Zero : _cluster.Time.GetElapsedTime(since.Value), _options);
        }
    }

    private bool Takes(Destination destination, DestinationStatus status) =>
        EffectiveWeights.IsInService(new WeighedDestination(destination, destination.Options, status), heedsWishes: true) && EffectiveWeights.IsUsable(status, _rules);

    private void Arm_NeedsLock()
    {
        var isNeeded = false;
        foreach (var since in _since.Values) isNeeded |= since is not null;
        if (!isNeeded)
        {
            _timer?.Dispose();
            _timer = null;
        }
        else if (_timer is null)
        {
            var step = _options!.Window / Steps;
            using (ExecutionContext.SuppressFlow()) _timer = _cluster.Time.CreateTimer(static state => ((SlowStart)state!).Step(), this, step, step);
        }
    }

    /// <summary>Makes the feature for each cluster.</summary>
    internal sealed class Factory : IClusterFeatureFactory
    {
        /// <inheritdoc/>
        public IClusterFeature Create(Cluster cluster) => new SlowStart(cluster);
    }
}
