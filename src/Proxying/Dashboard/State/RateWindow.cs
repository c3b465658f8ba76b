namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Makes rates of the last seconds out of counts that only grow. For one thread at a time.</summary>
internal sealed class RateWindow
{
    /// <summary>Seconds that rates are made of.</summary>
    public const int Seconds = 10;

    private readonly (double At, long Count, long Errors)[] _samples = new (double, long, long)[Seconds + 1];
    private int _next;
    private int _used;

    /// <summary>Takes the counts at a moment.</summary>
    /// <param name="at">The moment, in seconds on any scale.</param>
    /// <param name="count">How many there were.</param>
    /// <param name="errors">How many of them failed.</param>
    public void Add(double at, long count, long errors)
    {
        // Counted anew: what was before is of no use.
        if (_used > 0 && count < Newest.Count) _used = 0;
        _samples[_next] = (at, count, errors);
        _next = (_next + 1) % _samples.Length;
        _used = Math.Min(_used + 1, _samples.Length);
    }

    /// <summary>Events a second, and the share of failures, over the window.</summary>
    public (double PerSecond, double ErrorShare) Rate() => _used < 2 ? default : Between(Oldest, Newest);

    /// <summary>Events and failures a second between the last two samples.</summary>
    public (double PerSecond, double ErrorsPerSecond) Latest()
    {
        if (_used < 2) return default;
        var (perSecond, share) = Between(_samples[(_next + _samples.Length - 2) % _samples.Length], Newest);
        return (perSecond, perSecond * share);
    }

    /// <summary>How many there were in the window.</summary>
    public long Count => _used < 2 ? 0 : Newest.Count - Oldest.Count;

    private (double At, long Count, long Errors) Newest => _samples[(_next + _samples.Length - 1) % _samples.Length];

    private (double At, long Count, long Errors) Oldest => _samples[(_next + _samples.Length - _used) % _samples.Length];

    private static (double PerSecond, double Share) Between((double At, long Count, long Errors) from, (double At, long Count, long Errors) to)
    {
        var (elapsed, count) = (to.At - from.At, to.Count - from.Count);
        return elapsed <= 0 || count <= 0 ? default : (count / elapsed, (double)(to.Errors - from.Errors) / count);
    }
}
