using System.Runtime.InteropServices;

namespace Net2Secure.Routing.Health;

/// <summary>What attempts came to in the latest stretch of time, counted in slots of equal length that are used in turn.</summary>
/// <remarks>
/// Written by any number of threads at once without a lock, a few additions each. When a slot begins anew, one or two that come in that very moment may be lost; a share does not mind.
/// </remarks>
internal sealed class TrafficWindow
{
    private const int SlotCount = 20;
    private const long Empty = long.MinValue;

    private readonly Slot[] _slots = new Slot[SlotCount];
    private readonly long _slotLength;

    /// <summary>Makes a window.</summary>
    /// <param name="length">How far it looks back.</param>
    /// <param name="frequency">Timestamps per second.</param>
    public TrafficWindow(TimeSpan length, long frequency)
    {
        _slotLength = Math.Max(1, (long)(length.TotalSeconds * frequency / SlotCount));
        Clear();
    }

    /// <summary>An attempt was answered, or failed.</summary>
    /// <param name="now">The present timestamp.</param>
    /// <param name="result">What it came to.</param>
    /// <param name="ticks">How long it took, where it was answered.</param>
    public void Add(long now, TrafficResult result, long ticks)
    {
        ref var slot = ref SlotOf(now);
        Interlocked.Increment(ref slot.Requests);
        if (result == TrafficResult.Failure)
        {
            Interlocked.Increment(ref slot.Failures);
            return;
        }

        Interlocked.Add(ref slot.LogTime, LogarithmicTime.Of(ticks));
        if (result == TrafficResult.Success) return;
        Interlocked.Increment(ref slot.ServerErrors);
        if (result == TrafficResult.GatewayError) Interlocked.Increment(ref slot.GatewayErrors);
    }

    /// <summary>An attempt that was counted as answered has failed after all.</summary>
    public void AddCut(long now) => Interlocked.Increment(ref SlotOf(now).Failures);

    /// <summary>Adds the slots up, from the latest back until there are enough requests in them.</summary>
    public TrafficCounts Read(long now, int enough = int.MaxValue)
    {
        var counts = default(TrafficCounts);
        var period = PeriodOf(now);
        for (var i = 0; i < SlotCount && counts.Requests < enough; i++)
        {
            ref var slot = ref _slots[IndexOf(period - i)];
            if (Volatile.Read(ref slot.Period) != period - i) continue;
            counts.Requests += Volatile.Read(ref slot.Requests);
            counts.Failures += Volatile.Read(ref slot.Failures);
            counts.ServerErrors += Volatile.Read(ref slot.ServerErrors);
            counts.GatewayErrors += Volatile.Read(ref slot.GatewayErrors);
            counts.LogTime += Volatile.Read(ref slot.LogTime);
        }

        return counts;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        for (var i = 0; i < SlotCount; i++) Volatile.Write(ref _slots[i].Period, Empty);
    }

    private static int IndexOf(long period) => (int)((ulong)period % SlotCount);

    private long PeriodOf(long now) => now / _slotLength;

    private ref Slot SlotOf(long now)
    {
        var period = PeriodOf(now);
        ref var slot = ref _slots[IndexOf(period)];
        var found = Volatile.Read(ref slot.Period);

        // A thread that was held up for a whole round finds a later period: what it has to say is counted there, late.
        if (found < period && Interlocked.CompareExchange(ref slot.Period, period, found) == found) slot.Reset();
        return ref slot;
    }

    /// <summary>One slot, as long as a line of the processor's cache: neighbours do not get into each other's way.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Slot
    {
        public long Period;
        public long LogTime;
        public int Requests;
        public int Failures;
        public int ServerErrors;
        public int GatewayErrors;

        public void Reset()
        {
            Volatile.Write(ref LogTime, 0);
            Volatile.Write(ref Requests, 0);
            Volatile.Write(ref Failures, 0);
            Volatile.Write(ref ServerErrors, 0);
            Volatile.Write(ref GatewayErrors, 0);
        }
    }
}
