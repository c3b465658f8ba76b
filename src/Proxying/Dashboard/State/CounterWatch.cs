using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Adds up what counters of this SDK say while somebody looks on: what the cache answers, what the budgets refuse.</summary>
internal sealed class CounterWatch : IDisposable
{
    private const string CacheRequests = "net2.cache.requests";
    private const string BudgetRefused = "net2.budget.refused";
    private const string Prefix = "Net2Secure.Routing.";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);

    /// <param name="meters">Whose meters are listened to: other applications in the process are none of our business.</param>
    public CounterWatch(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, meters) || !instrument.Meter.Name.StartsWith(Prefix, StringComparison.Ordinal)) return;
            if (instrument.Name is CacheRequests or BudgetRefused) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Take);
        _listener.Start();
    }

    /// <summary>Requests by how the cache answered them.</summary>
    public IReadOnlyDictionary<string, long> Cache => new SortedDictionary<string, long>(_cache, StringComparer.Ordinal);

    /// <summary>Extra attempts that the budget of a cluster refused.</summary>
    public long Refused(string clusterId) => _refused.GetValueOrDefault(clusterId);

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, long measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        switch (instrument.Name)
        {
            case CacheRequests when Find(tags, "net2.cache.result") is { } result:
                _cache.AddOrUpdate(result, static (_, more) => more, static (_, count, more) => count + more, measurement);
                break;
            case BudgetRefused when Find(tags, "net2.cluster.id") is { } cluster:
                _refused.AddOrUpdate(cluster, static (_, more) => more, static (_, count, more) => count + more, measurement);
                break;
        }
    }

    private static string? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name) return value as string;
        }

        return null;
    }
}
