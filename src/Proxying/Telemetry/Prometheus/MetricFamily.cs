using System.Collections.Concurrent;

namespace Net2Secure.Routing.Proxying.Telemetry.Prometheus;

/// <summary>All series of one name. Thread-safe; bounded.</summary>
internal sealed class MetricFamily
{
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries> _byAttributes = new(AttributeSet.Comparer);
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;
    private readonly Dictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly int _maxSeries;
    private int _known;

    public MetricFamily(string name, string help, MetricKind kind, double[] boundaries, bool isObservable, int maxSeries)
    {
        Name = name;
        Help = help;
        Kind = kind;
        Boundaries = boundaries;
        IsObservable = isObservable;
        _maxSeries = maxSeries;
        _lookup = _byAttributes.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public string Name { get; }

    public string Help { get; }

    public MetricKind Kind { get; }

    /// <summary>Upper ends of the buckets of a histogram, without the infinite one.</summary>
    public double[] Boundaries { get; }

    /// <summary>Whether values are asked for: then only those that were told in the present reading are there.</summary>
    public bool IsObservable { get; }

    /// <summary>The series of some attributes.</summary>
    public MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> attributes) => _lookup.TryGetValue(attributes, out var series) ? series : Add(attributes);

    /// <summary>All series there are.</summary>
    public MetricSeries[] Series()
    {
        lock (_lock) return [.. _series.Values];
    }

    private MetricSeries Add(ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        lock (_lock)
        {
            if (_lookup.TryGetValue(attributes, out var known)) return known;
            if (_known == _maxSeries) return FindText_NeedsLock(LabelText.Overflow);
            // The same attributes in another order are the same series.
            var series = FindText_NeedsLock(LabelText.Of(attributes));
            _known++;
            _lookup[attributes] = series;
            return series;
        }
    }

    private MetricSeries FindText_NeedsLock(string labels)
    {
        if (_series.TryGetValue(labels, out var series)) return series;
        series = new MetricSeries(labels, Boundaries);
        _series.Add(labels, series);
        return series;
    }
}
