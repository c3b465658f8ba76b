namespace Net2Secure.Routing.Balancing;

/// <summary>Counts of a destination, a cluster or a route since somebody began to look on, and the latencies of late. Bounded; counting neither locks nor allocates.</summary>
internal sealed class TrafficTally(TimeProvider time)
{
    private readonly LatencyStatistics _latencies = new(time);
    private long _count;
    private long _errors;

    /// <summary>How many there were.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>How many of them failed.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>One more has ended.</summary>
    public void Add(TimeSpan elapsed, bool isError)
    {
        Interlocked.Increment(ref _count);
        if (isError) Interlocked.Increment(ref _errors);
        _latencies.Add(elapsed);
    }

    /// <summary>The time that so many percent of the last 15 s to 30 s kept within; <see langword="null"/>: there were none.</summary>
    public TimeSpan? Percentile(int percent) => _latencies.Percentile(percent, fewest: 1);
}
