namespace Net2Secure.Routing.Caching;

/// <summary>Remembers keys for a while, such as those whose responses cannot be stored: requests for them need not wait for one another.</summary>
/// <remarks>
/// A table of fixed size with one place for each key; another key that falls on the same place takes it over. So it forgets early, and where two keys have one hash mistakes one for the other: either
/// costs a fetch, never a wrong answer. Thread-safe, without locks.
/// </remarks>
internal sealed class RecentKeys(TimeSpan duration, TimeProvider time)
{
    private readonly long[] _places = new long[4096];

    public void Add(CacheKey key)
    {
        var hash = key.GetHashCode();
        Volatile.Write(ref _places[PlaceOf(hash)], Pack(hash, Seconds() + (uint)Math.Ceiling(duration.TotalSeconds)));
    }

    public void Remove(CacheKey key)
    {
        var hash = key.GetHashCode();
        if (HashOf(Volatile.Read(ref _places[PlaceOf(hash)])) == hash) Volatile.Write(ref _places[PlaceOf(hash)], 0);
    }

    public bool Contains(CacheKey key)
    {
        var hash = key.GetHashCode();
        var place = Volatile.Read(ref _places[PlaceOf(hash)]);
        return place != 0 && HashOf(place) == hash && (uint)place > Seconds();
    }

    private static long Pack(int hash, uint until) => ((long)hash << 32) | until;

    private static int HashOf(long place) => (int)(place >> 32);

    private int PlaceOf(int hash) => (int)((uint)hash % (uint)_places.Length);

    // Good for 136 years of running.
    private uint Seconds() => (uint)(time.GetTimestamp() / time.TimestampFrequency);
}
