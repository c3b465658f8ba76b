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
    private string? _kept;

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

    /// <summary>The attempts, in the order of their starts.</summary>
    public AttemptNote[] Attempts()
    {
        lock (_lock) return [.. _attempts];
    }

    /// <summary>The destinations of the cluster, as they stood at the first attempt.</summary>
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
            if (_made++ == 0) Describe_NeedsLock(cluster.Snapshot, request);
            if (_attempts.Count == MaxAttempts) return -1;
            _attempts.Add(new(destination, now, _made, 0, null, null));
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

    private void Describe_NeedsLock(ClusterSnapshot snapshot, HttpRequestMessage request)
    {
        _kept = RequestRouting.Of(request)?.Pinned?.Id;
        var candidates = snapshot.Explain(request, out _, out _)?.Candidates;
        var destinations = snapshot.Destinations;
        for (var i = 0; i < destinations.Count && i < MaxCandidates; i++)
        {
            var share = 0.0;
            for (var c = 0; c < candidates?.Count; c++)
            {
                if (ReferenceEquals(candidates[c], destinations[i])) share = candidates.Weights[c] / candidates.TotalWeight;
            }

            _candidates.Add(new(destinations[i].Id, share, destinations[i].Status));
        }
    }
}
