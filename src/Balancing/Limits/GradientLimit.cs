namespace Net2Secure.Routing.Balancing;

/// <summary>Finds from latency how many requests at a time a server takes without making them wait inside. Pure: the same observations give the same limits.</summary>
/// <remarks>
/// <para>
/// The limit follows the ratio of the latency of an unhurried server to the present one. Latency that grows with the number in flight means that requests wait in the server, where nobody can order or
/// refuse them: then the limit falls, by half at most. Otherwise it grows by a few, which keeps asking whether more would do. While less than half of it is used it stays, since a number that was not
/// tried says nothing; but latency is then that of an unhurried server, and is learnt.
/// </para>
/// <para>
/// A server that is always in a hurry would make its latency look usual, and the limit would creep up. So from time to time the limit is halved for two observations: what waits inside
/// drains away, and the latency is measured anew. That costs some 2 % of the throughput, of a server at its limit only, and not of all servers at once.
/// </para>
/// <para>
/// Sources: the gradient controller of Envoy's adaptive concurrency filter (2019), for the ratio to a latency that is measured again from time to time; Gradient2 of Netflix's concurrency-limits (2018), for
/// the smoothing, the tolerance and the rule for limits that are not used. Envoy measures with three requests at a time, which a single server would feel; half is enough, as a limit that is
/// held this way lies below twice the capacity. Ours besides: answers that say "overloaded" (429, 503, or none in time) take a tenth off, because a server that refuses quickly looks fast.
/// </para>
/// </remarks>
/// <param name="least">The lowest limit.</param>
/// <param name="first">The limit to begin with.</param>
/// <param name="most">The highest limit.</param>
/// <param name="measureAfter">Observations until latency is measured anew for the first time; up to <see cref="MeasureEvery"/>. Different for the servers of a cluster.</param>
internal sealed class GradientLimit(int least, int first, int most, int measureAfter = GradientLimit.MeasureEvery)
{
    /// <summary>Observations, of a limit in use, from one measuring to the next.</summary>
    public const int MeasureEvery = 30;

    /// <summary>The present latency may be this many times the unhurried one before the limit falls.</summary>
    private const double Tolerance = 1.5;

    /// <summary>Of each step this share is taken.</summary>
    private const double Smoothing = 0.2;

    /// <summary>The limit grows by this much while latency is as it should be.</summary>
    private const double Headroom = 4;

    private const double LargestFall = 0.5;
    private const double Backoff = 0.9;

    /// <summary>Observations at half the limit: one to drain, one to measure.</summary>
    private const int MeasuringFor = 2;

    private double _limit = first;
    private double _unhurried = double.PositiveInfinity;
    private int _untilMeasured = measureAfter;
    private int _measuring;

    /// <summary>The limit.</summary>
    public int Limit => (int)(_measuring > 0 ? Math.Max(least, _limit / 2) : _limit);

    /// <summary>Takes what was observed over a while.</summary>
    /// <param name="latency">The average latency.</param>
    /// <param name="inFlight">The highest number in flight.</param>
    /// <param name="isOverloaded">Whether an answer said so.</param>
    public void Observe(TimeSpan latency, int inFlight, bool isOverloaded)
    {
        if (isOverloaded)
        {
            _limit = Math.Clamp(_limit * Backoff, least, most);
            return;
        }

        var present = latency.TotalSeconds;
        if (present <= 0) return;
        if (_measuring > 0)
        {
            if (--_measuring == 0) _unhurried = present;
            return;
        }

        if (present < _unhurried) _unhurried = present;
        if (inFlight < _limit / 2)
        {
            _unhurried += (present - _unhurried) * Smoothing;
            return;
        }

        var gradient = Math.Clamp(Tolerance * _unhurried / present, LargestFall, 1);
        _limit = Math.Clamp((_limit * (1 - Smoothing)) + (((_limit * gradient) + Headroom) * Smoothing), least, most);
        if (--_untilMeasured > 0) return;
        (_untilMeasured, _measuring) = (MeasureEvery, MeasuringFor);
    }
}
