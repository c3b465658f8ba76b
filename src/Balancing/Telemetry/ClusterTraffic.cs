namespace Net2Secure.Routing.Balancing;

/// <summary>Counts the requests of a cluster, and the attempts at each of its destinations, while somebody looks on.</summary>
internal sealed class ClusterTraffic(Cluster cluster, TrafficAudience audience) : IClusterFeature, IAttemptObserver
{
    private TrafficTally? _requests;
    private long _retries;

    /// <inheritdoc/>
    public bool IsListening => audience.IsOn;

    /// <summary>The requests of clients; <see langword="null"/>: there were none while somebody looked on.</summary>
    public TrafficTally? Requests => Volatile.Read(ref _requests);

    /// <summary>Attempts beyond the first of each request.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>A request of a client has ended.</summary>
    public void CountRequest(TimeSpan elapsed, bool isError, int attempts)
    {
        (Requests ?? Make(ref _requests)).Add(elapsed, isError);
        if (attempts > 1) Interlocked.Add(ref _retries, attempts - 1);
    }

    /// <inheritdoc/>
    public void OnStarted(Destination destination, HttpRequestMessage request)
    {
    }

    /// <inheritdoc/>
    public void OnEnded(in AttemptOutcome outcome)
    {
        // One that was cut was counted when its head came; the client's going away says nothing of the destination.
        if (outcome.IsCut || !outcome.CountsForDestination) return;
        var destination = outcome.Destination;
        var tally = destination.Traffic ?? (destination.Traffic = new TrafficTally(cluster.Time));
        tally.Add(outcome.Elapsed, outcome.Failure is not null || (int)outcome.Response!.StatusCode >= 500);
    }

    /// <summary>Nobody looks on any more.</summary>
    public void Forget()
    {
        Volatile.Write(ref _requests, null);
        Interlocked.Exchange(ref _retries, 0);
        foreach (var destination in cluster.Snapshot.Destinations) destination.Traffic = null;
    }

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing of it is alive.
    }

    private TrafficTally Make(ref TrafficTally? place)
    {
        var made = new TrafficTally(cluster.Time);
        return Interlocked.CompareExchange(ref place, made, null) ?? made;
    }

    internal sealed class Factory(TrafficAudience audience) : IClusterFeatureFactory
    {
        public IClusterFeature Create(Cluster cluster) => new ClusterTraffic(cluster, audience);
    }
}
