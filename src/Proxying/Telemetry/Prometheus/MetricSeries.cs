namespace Net2Secure.Routing.Proxying.Telemetry.Prometheus;

/// <summary>The values of one set of labels. Thread-safe.</summary>
internal sealed class MetricSeries
{
    private readonly Lock _lock = new();
    private readonly double[] _boundaries;
    private readonly long[] _buckets;
    private double _sum;
    private long _count;

    public MetricSeries(string labels, double[] boundaries)
    {
        Labels = labels;
        _boundaries = boundaries;
        _buckets = new long[boundaries.Length + 1];
    }

    /// <summary>The labels, as they are written.</summary>
    public string Labels { get; }

    /// <summary>The reading in which an observable instrument told it last.</summary>
    public long ReadIn { get; set; }

    /// <summary>Adds to a sum.</summary>
    public void Add(double value)
    {
        lock (_lock) _sum += value;
    }

    /// <summary>Replaces the value.</summary>
    public void Set(double value)
    {
        lock (_lock) _sum = value;
    }

    /// <summary>Notes one of many values.</summary>
    public void Record(double value)
    {
        // Boundaries are inclusive above: le means less or equal.
        var bucket = Array.BinarySearch(_boundaries, value);
        if (bucket < 0) bucket = ~bucket;
        lock (_lock)
        {
            _buckets[bucket]++;
            _sum += value;
            _count++;
        }
    }

    /// <summary>The value, or the sum of all.</summary>
    /// <param name="buckets">Takes how many there were in each bucket, where there are any.</param>
    /// <param name="count">How many there were.</param>
    public double Read(Span<long> buckets, out long count)
    {
        lock (_lock)
        {
            if (buckets.Length > 0) _buckets.CopyTo(buckets);
            count = _count;
            return _sum;
        }
    }
}
