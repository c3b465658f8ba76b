using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Telemetry.Prometheus;

/// <summary>Listens to meters and adds up what they say, for whoever comes to read it. Thread-safe.</summary>
internal sealed class MetricsCollector : IDisposable
{
    // Those of OpenTelemetry for instruments that say nothing.
    private static readonly double[] PlainBoundaries = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Lock _reading = new();
    private readonly MetricsEndpointOptions _options;
    private readonly IMeterFactory _factory;
    private readonly ILogger<MetricsCollector> _logger;
    private long _readings;

    public MetricsCollector(MetricsEndpointOptions options, IMeterFactory factory, ILogger<MetricsCollector> logger)
    {
        _options = options;
        _factory = factory;
        _logger = logger;
        _listener.InstrumentPublished = Enable;
        _listener.SetMeasurementEventCallback<byte>((i, value, tags, state) => Take(i, value, tags, state));
        _listener.SetMeasurementEventCallback<short>((i, value, tags, state) => Take(i, value, tags, state));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, state) => Take(i, value, tags, state));
        _listener.SetMeasurementEventCallback<long>((i, value, tags, state) => Take(i, value, tags, state));
        _listener.SetMeasurementEventCallback<float>((i, value, tags, state) => Take(i, value, tags, state));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, state) => Take(i, value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((i, value, tags, state) => Take(i, (double)value, tags, state));
        _listener.Start();
    }

    /// <summary>Asks the instruments that want to be asked, and writes everything down.</summary>
    public void Write(MetricsWriter writer)
    {
        lock (_reading)
        {
            var reading = Interlocked.Increment(ref _readings);
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException e) // code of others: what it did not tell is left out
            {
                MetricsLog.NotObserved(_logger, e);
            }

            MetricFamily[] families;
            lock (_lock) families = [.. _families.Values];
            Array.Sort(families, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            foreach (var family in families) writer.Write(family, reading);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Enable(Instrument instrument, MeterListener listener)
    {
        // Several applications may live in one process, each with meters of its own.
        if (instrument.Meter.Scope is IMeterFactory factory && !ReferenceEquals(factory, _factory)) return;
        if (!IsWanted(instrument.Meter.Name) || KindOf(instrument) is not { } kind) return;
        var name = MetricNames.Family(instrument.Name, instrument.Unit, kind);
        lock (_lock)
        {
            if (!_families.TryGetValue(name, out var family))
            {
                var boundaries = kind == MetricKind.Histogram ? BoundariesOf(instrument) : [];
                family = new MetricFamily(name, instrument.Description ?? "", kind, boundaries, instrument.IsObservable, _options.MaxSeriesPerInstrument);
                _families.Add(name, family);
            }
            else if (family.Kind != kind || family.IsObservable != instrument.IsObservable)
            {
                MetricsLog.NameTaken(_logger, instrument.Name, instrument.Meter.Name, name);
                return;
            }

            listener.EnableMeasurementEvents(instrument, family);
        }
    }

    private bool IsWanted(string meter)
    {
        foreach (var pattern in _options.Meters)
        {
            if (pattern.EndsWith('*') ? meter.StartsWith(pattern[..^1], StringComparison.Ordinal) : meter == pattern) return true;
        }

        return false;
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var family = (MetricFamily)state!;
        var series = family.Find(tags);
        if (family.Kind == MetricKind.Histogram) series.Record(value);
        else if (family.IsObservable)
        {
            series.ReadIn = Volatile.Read(ref _readings);
            series.Set(value);
        }
        else if (IsGauge(instrument)) series.Set(value);
        else series.Add(value);
    }

    private static MetricKind? KindOf(Instrument instrument) => instrument.GetType() is { IsGenericType: true } type ? KindOf(type.GetGenericTypeDefinition()) : null;

    private static MetricKind? KindOf(Type type)
    {
        if (type == typeof(Counter<>) || type == typeof(ObservableCounter<>)) return MetricKind.Counter;
        if (type == typeof(Histogram<>)) return MetricKind.Histogram;
        if (type == typeof(UpDownCounter<>) || type == typeof(ObservableUpDownCounter<>) || type == typeof(Gauge<>) || type == typeof(ObservableGauge<>)) return MetricKind.Gauge;
        return null;
    }

    private static bool IsGauge(Instrument instrument) => instrument is Gauge<double> or Gauge<long> or Gauge<int> or Gauge<float> or Gauge<short> or Gauge<byte> or Gauge<decimal>;

    private static double[] BoundariesOf(Instrument instrument)
    {
        double[]? advised = instrument switch
        {
            Histogram<double> h => h.Advice?.HistogramBucketBoundaries is { } b ? [.. b] : null,
            Histogram<float> h => h.Advice?.HistogramBucketBoundaries is { } b ? [.. b.Select(static v => (double)v)] : null,
            Histogram<long> h => h.Advice?.HistogramBucketBoundaries is { } b ? [.. b.Select(static v => (double)v)] : null,
            Histogram<int> h => h.Advice?.HistogramBucketBoundaries is { } b ? [.. b.Select(static v => (double)v)] : null,
            _ => null,
        };
        return advised ?? (instrument.Unit == "s" ? [.. HttpAttributes.DurationBoundaries] : PlainBoundaries);
    }
}
