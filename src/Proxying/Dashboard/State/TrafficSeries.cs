using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>What was seen of the traffic of one thing, second by second. For one thread at a time.</summary>
internal sealed class TrafficSeries(bool keepsHistory)
{
    /// <summary>Points that are kept.</summary>
    public const int MaxPoints = 60;

    private readonly RateWindow _window = new();
    private readonly Queue<(double Requests, double Errors, double? P99)> _points = new();

    public TrafficState Traffic { get; private set; }

    /// <summary>Whether it was there the last time that somebody looked.</summary>
    public long SeenAt { get; private set; }

    public HistoryState History => new([.. _points.Select(static p => p.Requests)], [.. _points.Select(static p => p.Errors)], [.. _points.Select(static p => p.P99)]);

    /// <summary>Looks at the counts.</summary>
    /// <param name="at">When, in seconds.</param>
    /// <param name="tally">The counts; <see langword="null"/>: there are none.</param>
    /// <param name="sequence">The number of the look.</param>
    public void Look(double at, TrafficTally? tally, long sequence)
    {
        SeenAt = sequence;
        _window.Add(at, tally?.Count ?? 0, tally?.Errors ?? 0);
        var (perSecond, errorShare) = _window.Rate();
        // Without requests the times of half a minute ago are no news.
        Traffic = tally is null || _window.Count == 0
            ? default
            : new(Math.Round(perSecond, 1), Math.Round(errorShare, 4), Milliseconds(tally.Percentile(50)), Milliseconds(tally.Percentile(90)), Milliseconds(tally.Percentile(99)));
        if (!keepsHistory) return;
        var (requests, errors) = _window.Latest();
        if (_points.Count == MaxPoints) _points.Dequeue();
        _points.Enqueue((Math.Round(requests, 1), Math.Round(errors, 1), Traffic.P99));
    }

    private static double? Milliseconds(TimeSpan? time) => time is { } t ? Math.Round(t.TotalMilliseconds, t.TotalMilliseconds < 100 ? 2 : 0) : null;
}
