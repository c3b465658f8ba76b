namespace Net2Secure.Routing.Balancing;

/// <summary>Finds from latency how many requests at a time a server takes without making them wait inside. Pure: the same observations give the same limits.</summary>
/// <remarks>
/// <para>
/// The limit follows the ratio of the usual latency to the present one. Latency that grows with the number in flight means that requests wait in the server, where nobody can order or refuse them:
/// then the limit falls, by half at most. While latency is as usual it grows by a few, which keeps asking whether more would do. It stays while less than half of it is used, since a number that
/// was not tried says nothing.
/// </para>
/// <para>
/// Source: the Gradient2 algorithm of Netflix's concurrency-limits (2018), with its constants. Ours beyond it: answers that say "overloaded" (429, 503, or none in time) take a tenth off, because a
/// server that refuses quickly looks fast. Its weakness is known: the usual latency is an average over some 600 observations, so an overload that lasts for many minutes becomes usual. The highest
/// limit is for that.
/// </para>
/// </remarks>
internal sealed class GradientLimit(int least, int first, int most)
{
    /// <summary>The present latency may be this many times the usual one before the limit falls.</summary>
    private const double Tolerance = 1.5;

    /// <summary>Of each step this share is taken.</summary>
    private const double Smoothing = 0.2;

    /// <summary>What may wait in the server: the limit grows by this much while latency is as usual.</summary>
    private const double Headroom = 4;

    private const double LargestFall = 0.5;
    private const double Backoff = 0.9;
    private const int UsualOver = 600;
    private const int WarmUp = 10;

    private double _limit = first;
    private double _usual;
    private int _observations;

    /// <summary>The limit.</summary>
    public int Limit => (int)_limit;

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
        Remember(present);

        // After an overload that lasted, what has become usual is forgotten faster than it came.
        if (_usual / present > 2) _usual *= 0.95;
        if (inFlight < _limit / 2) return;
        var gradient = Math.Clamp(Tolerance * _usual / present, LargestFall, 1);
        _limit = Math.Clamp((_limit * (1 - Smoothing)) + (((_limit * gradient) + Headroom) * Smoothing), least, most);
    }

    private void Remember(double present)
    {
        if (_observations < WarmUp)
        {
            _usual = ((_usual * _observations) + present) / (_observations + 1);
            _observations++;
            return;
        }

        _usual += (present - _usual) * 2 / (UsualOver + 1);
    }
}
