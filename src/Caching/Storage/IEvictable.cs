namespace Net2Secure.Routing.Caching;

/// <summary>An entry of a store that may have to make room. Where it stands in the queues is the store's, under its lock.</summary>
/// <typeparam name="TEntry">The entry itself.</typeparam>
internal interface IEvictable<TEntry> where TEntry : class, IEvictable<TEntry>
{
    /// <summary>What it counts for in the store.</summary>
    long Bytes { get; }

    /// <summary>How often it was used since the store last looked, up to 3. A count lost in a race does not matter.</summary>
    int Frequency { get; set; }

    /// <summary>What is remembered of it when it has left, and known again when it comes back. Two with the same trace are no harm: one of them is given more room than it is due.</summary>
    int Trace { get; }

    EntryQueue<TEntry>? Queue { get; set; }

    TEntry? Newer { get; set; }

    TEntry? Older { get; set; }
}
