namespace Net2Secure.Routing.Balancing;

/// <summary>What is written down of the attempts of one request, where the request carries a journal.</summary>
/// <remarks>Thread-safe: attempts may run side by side. Bounded: what is more than fits is counted only.</remarks>
internal sealed class AttemptJournal
{
    /// <summary>So many attempts are written down.</summary>
    public const int MaxAttempts = 16;

    /// <summary>So many destinations are written down.</summary>
    public const int MaxCandidates = 64;

    private readonly Lock _lock = new();
    private readonly List<AttemptNote> _attempts = new(2);
    private readonly List<CandidateNote> _candidates = [];
    private int _made;
    private bool _isDescribed;
    private string? _kept;
    private string? _subset;

    /// <summary>Attempts made.</summary>
    public int Made
    {
        get
        {
            lock (_lock) return _made;
        }
    }

    /// <summary>The destination that the client was kept on, where it was.</summary>
    public string? Kept
    {
        get
        {
            lock (_lock) return _kept;
        }
    }

    /// <summary>The subset of the cluster that the request was for, where it was for one.</summary>
    public string? Subset
    {
        get
        {
            lock (_lock) return _subset;
        }
    }

    /// <summary>The attempts, in the order of their starts.</summary>
    public AttemptNote[] Attempts()
    {
        lock (_lock) return [.. _attempts];
    }

    /// <summary>The destinations of the cluster, as they stood when the first one was picked.</summary>
    public CandidateNote[] Candidates()
    {
        lock (_lock) return [.. _candidates];
    }

    /// <summary>An attempt begins.</summary>
    /// <returns>Where it stands here, for <see cref="End"/>.</returns>
    public int Begin(Cluster cluster, Destination destination, HttpRequestMessage request, long now)
    {
        lock (_lock)
        {
            if (!_isDescribed) Describe_NeedsLock(cluster.Snapshot, request);
            _made++;
            if (_attempts.Count == MaxAttempts) return -1;
            _attempts.Add(new(destination.Id, now, _made, 0, null, null));
            return _attempts.Count - 1;
        }
    }

    /// <summary>An attempt has ended.</summary>
    public void End(int index, int status, string? failure, TimeSpan elapsed)
    {
        if (index < 0) return;
        lock (_lock)
        {
            if (index < _attempts.Count) _attempts[index] = _attempts[index] with { Status = status, Failure = failure, Elapsed = elapsed };
        }
    }

    /// <summary>A destination was picked and could not be taken.</summary>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="destination">Which.</param>
    /// <param name="request">The request.</param>
    /// <param name="reason">Why, one of <see cref="CandidateExclusions"/>.</param>
    public void PassOver(Cluster cluster, Destination destination, HttpRequestMessage request, string reason)
    {
        lock (_lock)
        {
            if (!_isDescribed) Describe_NeedsLock(cluster.Snapshot, request);
            for (var i = 0; i < _candidates.Count; i++)
            {
                if (_candidates[i].Id == destination.Id) _candidates[i] = _candidates[i] with { Exclusion = reason };
            }
        }
    }

    /// <summary>Nobody could be picked, or the request has to wait: notes how the destinations stand, where that has not been done.</summary>
    public void Describe(Cluster cluster, HttpRequestMessage request)
    {
        lock (_lock)
        {
            if (!_isDescribed) Describe_NeedsLock(cluster.Snapshot, request);
        }
    }

    private void Describe_NeedsLock(ClusterSnapshot snapshot, HttpRequestMessage request)
    {
        _isDescribed = true;
        _kept = RequestRouting.Of(request)?.Pinned?.Id;
        var candidates = snapshot.Explain(request, out _subset, out _)?.Candidates;
        var destinations = snapshot.Destinations;
        for (var i = 0; i < destinations.Count && i < MaxCandidates; i++)
        {
            var destination = destinations[i];
            var share = 0.0;
            for (var c = 0; c < candidates?.Count; c++)
            {
                if (ReferenceEquals(candidates[c], destination)) share = candidates.Weights[c] / candidates.TotalWeight;
            }

            _candidates.Add(new(destination.Id, share, share > 0 ? null : ReasonOf(destination)));
        }
    }

    private static string ReasonOf(Destination destination) => destination.Status switch
    {
        { Override: DestinationOverride.Unhealthy } => CandidateExclusions.Operator,
        { Health: DestinationHealth.Unhealthy, Active: DestinationHealth.Unhealthy } => CandidateExclusions.Unhealthy,
        { Health: DestinationHealth.Unhealthy } => CandidateExclusions.Ejected,
        { IsDraining: true } => CandidateExclusions.Draining,
        _ => destination.Weight == 0 ? CandidateExclusions.Weight : CandidateExclusions.NotChosen,
    };
}
