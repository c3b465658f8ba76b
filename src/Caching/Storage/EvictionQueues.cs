namespace Net2Secure.Routing.Caching;

/// <summary>Chooses what has to make room: S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023). Not thread-safe.</summary>
/// <remarks>
/// <para>New entries stand in a small queue, a tenth of the space. One that was not used twice by the time it comes to its end leaves, and only a trace of it is kept; the others move to the main queue, where each use
/// earns another round. What comes back while its trace is there goes to the main queue at once. So a crawler that asks for everything once passes through a tenth of the store, and the rest does not notice.</para>
/// <para>Chosen over W-TinyLFU, which is about as good at keeping what counts, because a use is one write to the entry itself: no lock, no list, no sketch on the way of a hit. Cost: O(1) for each entry stored.
/// Prefer something else where what is used most changes by the minute within a working set just above the bound.</para>
/// </remarks>
internal sealed class EvictionQueues<TEntry>(long maxBytes) where TEntry : class, IEvictable<TEntry>
{
    private const int SmallPart = 10;
    private const int MinUsesToStay = 2;
    private const int MaxTraces = 1 << 16;

    private readonly EntryQueue<TEntry> _small = new();
    private readonly EntryQueue<TEntry> _main = new();
    private readonly HashSet<int> _traces = [];
    private readonly Queue<int> _tracesInOrder = new();

    public long Bytes => _small.Bytes + _main.Bytes;

    /// <summary>Bytes that something else takes of the same space. They count as if they were those of entries.</summary>
    public long ReservedBytes { get; set; }

    public void Add(TEntry entry) => (_traces.Contains(entry.Trace) ? _main : _small).Add(entry);

    /// <summary>Adds an entry that has been in the store before, so that it need not prove itself again.</summary>
    public void AddAgain(TEntry entry) => _main.Add(entry);

    /// <summary>Puts an entry where another one stands, as the newest of its queue.</summary>
    public static void Replace(TEntry old, TEntry entry)
    {
        var queue = old.Queue!;
        queue.Remove(old);
        queue.Add(entry);
    }

    public static void Remove(TEntry entry) => entry.Queue?.Remove(entry);

    /// <summary>Takes out the next entry that has to go, while there is too much; else <see langword="null"/>.</summary>
    public TEntry? TakeVictim()
    {
        while (Bytes > 0 && Bytes + ReservedBytes > maxBytes)
        {
            var victim = _small.Oldest is not null && (_small.Bytes > maxBytes / SmallPart || _main.Oldest is null) ? TakeFromSmall() : TakeFromMain();
            if (victim is not null) return victim;
        }

        return null;
    }

    private TEntry? TakeFromSmall()
    {
        var entry = _small.Oldest!;
        _small.Remove(entry);
        if (entry.Frequency >= MinUsesToStay)
        {
            entry.Frequency = 0;
            _main.Add(entry);
            return null;
        }

        Trace(entry.Trace);
        return entry;
    }

    private TEntry? TakeFromMain()
    {
        // Ends: each round takes one from the count of an entry.
        var entry = _main.Oldest!;
        _main.Remove(entry);
        if (entry.Frequency == 0) return entry;
        entry.Frequency--;
        _main.Add(entry);
        return null;
    }

    private void Trace(int trace)
    {
        if (!_traces.Add(trace)) return;
        _tracesInOrder.Enqueue(trace);
        if (_tracesInOrder.Count > MaxTraces) _traces.Remove(_tracesInOrder.Dequeue());
    }
}
