namespace Net2Secure.Routing.Caching;

/// <summary>What is stored on disk, and in which order it has to make room. Thread-safe.</summary>
/// <remarks>A table of its own, linked through the entries: a dictionary would cost a third more. Found by the hash of the URI, so that all partitions of one are found together.</remarks>
internal sealed class DiskIndex(long maxBytes)
{
    private const int MaxLoad = 2;

    private readonly Lock _lock = new();
    private readonly EvictionQueues<DiskEntry> _queues = new(maxBytes);
    private DiskEntry?[] _places = new DiskEntry?[1024];
    private int _count;
    private long _evictions;

    public long Bytes
    {
        get
        {
            lock (_lock) return _queues.Bytes;
        }
    }

    public int Count => Volatile.Read(ref _count);

    public long Evictions => Volatile.Read(ref _evictions);

    /// <summary>All entries of a URI, or those of one key.</summary>
    public List<DiskEntry> Find(ulong uri, ulong? key)
    {
        var found = new List<DiskEntry>();
        lock (_lock)
        {
            for (var entry = _places[PlaceOf(uri)]; entry is not null; entry = entry.Next)
            {
                if (entry.Name.Uri == uri && (key is null || entry.Name.Key == key)) found.Add(entry);
            }
        }

        return found;
    }

    public bool Contains(ulong uri, ulong key)
    {
        lock (_lock)
        {
            for (var entry = _places[PlaceOf(uri)]; entry is not null; entry = entry.Next)
            {
                if (entry.Name.Uri == uri && entry.Name.Key == key) return true;
            }
        }

        return false;
    }

    /// <summary>Whether this very entry is in the table.</summary>
    public bool Contains(DiskEntry entry)
    {
        lock (_lock) return Contains_NeedsLock(entry);
    }

    /// <summary>Adds an entry in place of an older one.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="isKnown">It was stored by a process before this one.</param>
    /// <param name="leaving">Takes those that have left the table because of it: the one replaced, the entry itself where a newer one is there, and those that had to make room.</param>
    public void Add(DiskEntry entry, bool isKnown, List<DiskEntry> leaving)
    {
        lock (_lock)
        {
            var place = PlaceOf(entry.Name.Uri);
            for (var other = _places[place]; other is not null; other = other.Next)
            {
                if (!other.Name.IsSamePlace(entry.Name)) continue;
                if (other.Name.Sequence > entry.Name.Sequence)
                {
                    leaving.Add(entry);
                    return;
                }

                Remove_NeedsLock(other);
                leaving.Add(other);
                break;
            }

            if (_count >= MaxLoad * _places.Length) Grow_NeedsLock();
            place = PlaceOf(entry.Name.Uri);
            entry.Next = _places[place];
            _places[place] = entry;
            _count++;
            if (isKnown) _queues.AddAgain(entry);
            else _queues.Add(entry);
            MakeRoom_NeedsLock(leaving);
        }
    }

    public bool Remove(DiskEntry entry)
    {
        lock (_lock)
        {
            if (!Contains_NeedsLock(entry)) return false;
            Remove_NeedsLock(entry);
            return true;
        }
    }

    /// <summary>Puts an entry under another name in the place of the one it was. The place in the queues starts anew, the uses stay.</summary>
    /// <returns><see langword="false"/>: it was not there any more.</returns>
    public bool Replace(DiskEntry old, DiskEntry entry)
    {
        lock (_lock)
        {
            if (!Contains_NeedsLock(old)) return false;
            var frequency = old.Frequency;
            EvictionQueues<DiskEntry>.Replace(old, entry);
            var place = PlaceOf(old.Name.Uri);
            Unlink_NeedsLock(place, old);
            entry.Frequency = frequency;
            entry.Next = _places[place];
            _places[place] = entry;
            return true;
        }
    }

    /// <summary>Takes space for something that is being written, or gives it back.</summary>
    public void Reserve(long bytes, List<DiskEntry> leaving)
    {
        lock (_lock)
        {
            _queues.ReservedBytes += bytes;
            if (bytes > 0) MakeRoom_NeedsLock(leaving);
        }
    }

    public DiskEntry[] ToArray()
    {
        lock (_lock)
        {
            var all = new DiskEntry[_count];
            var next = 0;
            foreach (var first in _places)
            {
                for (var entry = first; entry is not null; entry = entry.Next) all[next++] = entry;
            }

            return all;
        }
    }

    private int PlaceOf(ulong uri) => (int)(uri & (ulong)(_places.Length - 1));

    private void MakeRoom_NeedsLock(List<DiskEntry> leaving)
    {
        while (_queues.TakeVictim() is { } victim)
        {
            _evictions++;
            Remove_NeedsLock(victim);
            leaving.Add(victim);
        }
    }

    private bool Contains_NeedsLock(DiskEntry entry)
    {
        for (var other = _places[PlaceOf(entry.Name.Uri)]; other is not null; other = other.Next)
        {
            if (other == entry) return true;
        }

        return false;
    }

    private void Remove_NeedsLock(DiskEntry entry)
    {
        EvictionQueues<DiskEntry>.Remove(entry);
        Unlink_NeedsLock(PlaceOf(entry.Name.Uri), entry);
        _count--;
    }

    private void Unlink_NeedsLock(int place, DiskEntry entry)
    {
        if (_places[place] == entry)
        {
            _places[place] = entry.Next;
        }
        else
        {
            var other = _places[place]!;
            while (other.Next != entry) other = other.Next!;
            other.Next = entry.Next;
        }

        entry.Next = null;
    }

    private void Grow_NeedsLock()
    {
        var old = _places;
        _places = new DiskEntry?[old.Length * 2];
        foreach (var first in old)
        {
            for (var entry = first; entry is not null;)
            {
                var next = entry.Next;
                var place = PlaceOf(entry.Name.Uri);
                entry.Next = _places[place];
                _places[place] = entry;
                entry = next;
            }
        }
    }
}
