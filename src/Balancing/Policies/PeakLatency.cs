namespace Net2Secure.Routing.Balancing;

/// <summary>How long one destination takes to answer: a moving average that rises with a peak at once and comes down slowly. Thread-safe.</summary>
/// <remarks>
/// A latency above the average becomes the average; one below moves it by a share that grows with the time since the latest, 1 - exp(-time ÷ decay): so the average depends on time and not on the number
/// of requests. While nothing is measured it fades to nothing by the same rule, so that a destination that was once slow is tried again in the end.
/// The rule is that of Finagle's "peak EWMA", but for fading: there each look fades it, which makes it depend on how often others are looked at.
/// </remarks>
internal sealed class PeakLatency
{
    private readonly Lock _lock = new();
    private double _seconds;
    private long _measuredAt;

    /// <summary>Whether there is a measurement. Faded to nothing is one.</summary>
    public bool IsKnown => Volatile.Read(ref _measuredAt) != 0;

    /// <summary>Takes a measurement in.</summary>
    /// <param name="seconds">The latency.</param>
    /// <param name="decay">The time after which what was measured counts for 1/e.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isMinimum">Whether it was at least as long, and maybe longer: then it can only make the average greater.</param>
    public void Measure(double seconds, TimeSpan decay, TimeProvider time, bool isMinimum = false)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            var known = _measuredAt != 0;
            var average = known ? _seconds * Fading(_measuredAt, now, decay, time) : 0;
            if (known && seconds <= _seconds)
            {
                if (isMinimum) return;
                average += seconds * (1 - Fading(_measuredAt, now, decay, time));
            }
            else
            {
                average = seconds;
            }

            Volatile.Write(ref _seconds, average);
            Volatile.Write(ref _measuredAt, now == 0 ? 1 : now);
        }
    }

    /// <summary>The average in seconds, faded since the latest measurement. Reads without a lock: in the moment of a measurement it may be off by as much as the time since the one before fades.</summary>
    public double Read(long now, TimeSpan decay, TimeProvider time) => Volatile.Read(ref _seconds) * Fading(Volatile.Read(ref _measuredAt), now, decay, time);

    private static double Fading(long from, long to, TimeSpan decay, TimeProvider time) =>
        to > from ? Math.Exp(-(time.GetElapsedTime(from, to) / decay)) : 1;
}
