namespace Net2Secure.Routing.Caching;

/// <summary>Entries in the order they came, linked through themselves so that any of them can be taken out at once. Not thread-safe.</summary>
internal sealed class EntryQueue<TEntry> where TEntry : class, IEvictable<TEntry>
{
    private TEntry? _newest;

    public long Bytes { get; private set; }

    public TEntry? Oldest { get; private set; }

    public void Add(TEntry entry)
    {
        entry.Queue = this;
        entry.Older = _newest;
        entry.Newer = null;
        if (_newest is not null) _newest.Newer = entry;
        _newest = entry;
        Oldest ??= entry;
        Bytes += entry.Bytes;
    }

    public void Remove(TEntry entry)
    {
        if (entry.Newer is null) _newest = entry.Older;
        else entry.Newer.Older = entry.Older;
        if (entry.Older is null) Oldest = entry.Newer;
        else entry.Older.Newer = entry.Newer;
        entry.Queue = null;
        entry.Older = entry.Newer = null;
        Bytes -= entry.Bytes;
    }
}
