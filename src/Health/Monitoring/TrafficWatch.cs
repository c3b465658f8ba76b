namespace Net2Secure.Routing.Health;

/// <summary>Knows whether requests come. What a request pays for it is one read.</summary>
/// <remarks>Thread-safe. Time is asked for when somebody wants to know, not by requests: what came since the last question counts as having come just now.</remarks>
internal sealed class TrafficWatch(TimeProvider time)
{
    private int _seen;
    private int _idle;
    private long _last = time.GetTimestamp();

    /// <summary>A request has come.</summary>
    /// <returns>Whether it is the first after a quiet time.</returns>
    public bool Mark()
    {
        if (Volatile.Read(ref _seen) == 0) Volatile.Write(ref _seen, 1);
        return Volatile.Read(ref _idle) == 1 && Interlocked.Exchange(ref _idle, 0) == 1;
    }

    /// <summary>Whether none has come for a while.</summary>
    public bool IsIdle(TimeSpan after)
    {
        if (Interlocked.Exchange(ref _seen, 0) == 1) Volatile.Write(ref _last, time.GetTimestamp());
        var isIdle = time.GetElapsedTime(Volatile.Read(ref _last)) >= after;
        Volatile.Write(ref _idle, isIdle ? 1 : 0);
        return isIdle;
    }
}
