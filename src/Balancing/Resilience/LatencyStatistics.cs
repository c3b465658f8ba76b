using System.Numerics;

namespace Net2Secure.Routing.Balancing;

/// <summary>A percentile of the latencies of late, in bounded memory and without locks.</summary>
/// <remarks>
/// Counts by logarithmic classes, eight to each doubling, so what it tells is at most about a tenth too long. Two halves of time: one is filled, both are read, so between 15 s and
/// 30 s are remembered.
/// </remarks>
internal sealed class LatencyStatistics(TimeProvider time)
{
    /// <summary>With fewer latencies than this nothing is told.</summary>
    public const int Fewest = 20;

    private const int StepBits = 3;
    private const int Classes = 26 << StepBits;

    // 1.024 ms divided by 16: the finest that is told apart.
    private const int UnitMicroseconds = 64;

    private static readonly TimeSpan Half = TimeSpan.FromSeconds(15);

    private readonly int[][] _halves = [new int[Classes], new int[Classes]];
    private readonly Lock _lock = new();
    private long _turned = time.GetTimestamp();
    private int _present;

    /// <summary>Takes the latency of an answer.</summary>
    public void Add(TimeSpan latency)
    {
        Turn();
        Interlocked.Increment(ref _halves[Volatile.Read(ref _present)][ClassOf(latency)]);
    }

    /// <summary>The latency that so many percent of the answers keep within; <see langword="null"/>: there are too few to tell.</summary>
    /// <param name="percent">How many percent.</param>
    /// <param name="fewest">With fewer latencies nothing is told.</param>
    public TimeSpan? Percentile(int percent, int fewest = Fewest)
    {
        Turn();
        var total = 0L;
        for (var i = 0; i < Classes; i++) total += Count(i);
        if (total < fewest) return null;
        var rank = (long)Math.Ceiling(total * percent / 100.0);
        var seen = 0L;
        for (var i = 0; i < Classes; i++)
        {
            seen += Count(i);
            if (seen >= rank) return UpperEnd(i);
        }

        return UpperEnd(Classes - 1);
    }

    private int Count(int i) => Volatile.Read(ref _halves[0][i]) + Volatile.Read(ref _halves[1][i]);

    private static int ClassOf(TimeSpan latency)
    {
        var units = (ulong)Math.Max(0, latency.TotalMicroseconds / UnitMicroseconds) + (1 << StepBits);
        var octave = BitOperations.Log2(units) - StepBits;
        return Math.Min((octave << StepBits) + (int)((units >> octave) & ((1 << StepBits) - 1)), Classes - 1);
    }

    private static TimeSpan UpperEnd(int index)
    {
        var octave = index >> StepBits;
        var units = ((ulong)((index & ((1 << StepBits) - 1)) + 1 + (1 << StepBits)) << octave) - (1 << StepBits);
        return TimeSpan.FromMicroseconds(units * UnitMicroseconds);
    }

    private void Turn()
    {
        if (time.GetElapsedTime(Volatile.Read(ref _turned)) < Half) return;
        lock (_lock)
        {
            var age = time.GetElapsedTime(_turned);
            if (age < Half) return;
            var next = 1 - _present;
            Array.Clear(_halves[next]);
            if (age > Half + Half) Array.Clear(_halves[_present]);
            Volatile.Write(ref _present, next);
            Volatile.Write(ref _turned, time.GetTimestamp());
        }
    }
}
