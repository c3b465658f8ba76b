namespace Net2Secure.Routing.Balancing;

/// <summary>Says how much each destination of a set may have in flight so that none has much more than its share. Thread-safe.</summary>
/// <remarks>
/// Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam, 2018): of all that is in flight, the request to be placed included, a destination may hold its share by weight times
/// a factor above 1, rounded up. So there is always one with room, and at a factor c at most a share of 1/c of the weight has none.
/// All counters are read for each pick in sets of up to 32, and for every (n ÷ 32)th pick in larger ones: a pick reads 32 of them at the most on average, and the sum can miss about a
/// thirty-second of a request per destination. Threads that pick in the same moment do not see each other: a bound can be exceeded by as many requests as there are such threads.
/// </remarks>
internal sealed class LoadBound(DestinationSet set, int percent)
{
    private readonly double _perWeight = percent / 100.0 / set.TotalWeight;
    private readonly int _every = (set.Count + 31) / 32;
    private long _picks;
    private long _total;

    /// <summary>The load per weight that no destination may exceed with the next request.</summary>
    public double PerWeight()
    {
        if (_every > 1 && Interlocked.Increment(ref _picks) % _every != 1) return Bound(Volatile.Read(ref _total));
        var total = 0L;
        foreach (var destination in set.Destinations) total += destination.ConcurrentRequests;
        Volatile.Write(ref _total, total);
        return Bound(total);
    }

    private double Bound(long total) => (total + 1) * _perWeight;
}
