using System.Collections.Concurrent;

namespace Net2Secure.Routing.Caching;

/// <summary>Keeps responses in the memory of this process, within a bound on bytes.</summary>
/// <remarks>
/// Finding takes no lock and allocates nothing. Storing and removing take one lock for the time it takes to relink a few entries; bodies are copied outside of it. Everything is visible to everybody from the
/// moment a call returns.
/// </remarks>
internal sealed partial class MemoryResponseCache : IResponseCache, IResponseCacheUsage, IAdoptingCache
{
    /// <summary>How many variants one key may have; the oldest makes room.</summary>
    public const int MaxVariants = 64;

    /// <summary>Part of the bound that may lie in the pool unused.</summary>
    private const int FreePart = 16;

    /// <summary>How many entries are purged under one lock.</summary>
    private const int PurgeBatch = 256;

    private static readonly MemoryEntry[] None = [];

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, MemoryEntry[]> _byUri = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<MemoryEntry>> _byTag = new(StringComparer.Ordinal);
    private readonly EvictionQueues<MemoryEntry> _queues;
    private readonly long _maxBytes;
    private long _entries;
    private long _evictions;

    /// <param name="options">Valid bounds.</param>
    public MemoryResponseCache(MemoryResponseCacheOptions options)
    {
        _maxBytes = options.MaxBytes;
        MaxBodyBytes = options.MaxBodyBytes;
        _queues = new EvictionQueues<MemoryEntry>(options.MaxBytes);
        Pool = new SegmentPool(options.MaxBytes / FreePart);
    }

    /// <summary>The bound on all.</summary>
    public long MaxBytes => _maxBytes;

    public long MaxBodyBytes { get; }

    public long MaxStreamedBodyBytes => MaxBodyBytes;

    public SegmentPool Pool { get; }

    public long Bytes
    {
        get
        {
            lock (_lock) return _queues.Bytes;
        }
    }

    public long Entries => Volatile.Read(ref _entries);

    public long Evictions => Volatile.Read(ref _evictions);

    public ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken) => new(Of(key));

    public IReadOnlyList<CachedResponse> FindNow(CacheKey key) => Of(key);

    public async ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(body);
        // Announced, the length saves what would lie unused at the end.
        var expected = ByteRange.TryPosition(new FieldView(head.Fields).First(FieldNames.ContentLength), out var length) ? length : -1;
        var segments = new BodySegments(Pool, expected);
        try
        {
            while (true)
            {
                // The end is asked for with a byte of its own, so that no array is taken for it.
                var room = segments.Length == expected ? new byte[1] : segments.GetRoom();
                var read = await body.ReadAsync(room, cancellationToken).ConfigureAwait(false);
                if (read == 0) return TryAdopt(key, head, segments);
                if (segments.Length == expected) room[..read].CopyTo(segments.GetRoom());
                segments.Advance(read);
                if (segments.Length > MaxBodyBytes) return false;
            }
        }
        finally
        {
            segments.Release();
        }
    }

    public bool TryAdopt(CacheKey key, CachedHead head, BodySegments body) => Adopt(key, head, body, completeUntil: 0) is not null;

    /// <summary>Stores a complete response.</summary>
    /// <param name="key">The key.</param>
    /// <param name="head">Status, fields and times.</param>
    /// <param name="body">The body. The store takes a reference of its own.</param>
    /// <param name="completeUntil">See <see cref="MemoryEntry.CompleteUntil"/>; where there are other variants it is theirs.</param>
    public MemoryEntry? Adopt(CacheKey key, CachedHead head, BodySegments body, long completeUntil)
    {
        if (body.Length > MaxBodyBytes) return null;
        var isWasteful = body.Capacity > body.Length && body.Length <= SegmentPool.SegmentBytes;
        var kept = isWasteful ? body.ToExact() : body;
        if (!isWasteful && !body.TryAddReference()) return null;
        var entry = new MemoryEntry(key, head, kept) { CompleteUntil = completeUntil };
        if (entry.Bytes > _maxBytes)
        {
            entry.Release();
            return null;
        }

        lock (_lock)
        {
            Put_NeedsLock(entry);
            MakeRoom_NeedsLock();
        }

        return entry;
    }

    public ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        lock (_lock)
        {
            if (current is not MemoryEntry old || Find_NeedsLock(key, old.Head.Variant) != old || head.Variant != old.Head.Variant) return default;
            return new(Replace_NeedsLock(old, head));
        }
    }

    public ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var entries = Of(key);
            foreach (var entry in entries) Detach_NeedsLock(entry);
            return new(entries.Length);
        }
    }

    /// <summary>Goes by the tables of keys and tags where it can; for prefixes it looks at every key, without holding others up for long.</summary>
    public ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(purge);
        var count = 0L;
        foreach (var batch in Concerned(purge).Chunk(PurgeBatch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (_lock)
            {
                foreach (var entry in batch)
                {
                    if (Purge_NeedsLock(entry, purge.IsSoft)) count++;
                }
            }
        }

        return new(count);
    }

    private IEnumerable<MemoryEntry> Concerned(CachePurge purge)
    {
        if (purge.Kind == CachePurgeKind.Tag)
        {
            lock (_lock) return _byTag.TryGetValue(purge.Value, out var tagged) ? [.. tagged.Where(entry => purge.Concerns(entry.Key, entry.Head.Tags))] : None;
        }

        if (purge.Kind == CachePurgeKind.Uri) return _byUri.TryGetValue(purge.Value, out var entries) ? entries.Where(entry => purge.Concerns(entry.Key, [])) : None;
        return _byUri.SelectMany(static pair => pair.Value).Where(entry => purge.Concerns(entry.Key, []));
    }

    private bool Purge_NeedsLock(MemoryEntry entry, bool isSoft)
    {
        // What has been replaced since it was listed came later than the purge, or left before.
        if (Find_NeedsLock(entry.Key, entry.Head.Variant) != entry) return false;
        if (isSoft) return entry.Head.IsDoubted || Replace_NeedsLock(entry, entry.Head.With(isDoubted: true)) is not null;
        Detach_NeedsLock(entry);
        return true;
    }

    private MemoryEntry? Replace_NeedsLock(MemoryEntry old, CachedHead head)
    {
        if (old.WithHead(head) is not { } entry) return null;
        Exchange_NeedsLock(old, entry);
        return entry;
    }

    private void Exchange_NeedsLock(MemoryEntry old, MemoryEntry entry)
    {
        EvictionQueues<MemoryEntry>.Replace(old, entry);
        _byUri[old.Key.Uri] = [.. _byUri[old.Key.Uri].Select(e => e == old ? entry : e)];
        Untag_NeedsLock(old);
        Tag_NeedsLock(entry);
        old.Release();
    }

    private void Put_NeedsLock(MemoryEntry entry)
    {
        if (Of(entry.Key) is [var other, ..]) entry.CompleteUntil = other.CompleteUntil;
        if (Find_NeedsLock(entry.Key, entry.Head.Variant) is { } old) Detach_NeedsLock(old);
        Attach_NeedsLock(entry);
    }

    private void MakeRoom_NeedsLock()
    {
        while (_queues.TakeVictim() is { } victim) Evict_NeedsLock(victim);
    }

    private void Evict_NeedsLock(MemoryEntry victim)
    {
        _evictions++;
        _evicted.Invalidate(victim.Key.Uri);
        Detach_NeedsLock(victim);
        // What is left is not all of it any more.
        foreach (var entry in Of(victim.Key)) entry.CompleteUntil = 0;
    }

    private MemoryEntry? Find_NeedsLock(CacheKey key, string variant) =>
        _byUri.TryGetValue(key.Uri, out var entries) ? Array.Find(entries, entry => entry.Head.Variant == variant && entry.Key.Partition == key.Partition) : null;

    /// <summary>Nearly always a URI is in one partition only; then nothing is copied.</summary>
    private MemoryEntry[] Of(CacheKey key)
    {
        if (!_byUri.TryGetValue(key.Uri, out var entries)) return None;
        foreach (var entry in entries)
        {
            if (entry.Key.Partition != key.Partition) return InPartition(entries, key.Partition);
        }

        return entries;
    }

    private static MemoryEntry[] InPartition(MemoryEntry[] entries, string partition) => Array.FindAll(entries, entry => entry.Key.Partition == partition);

    private void Attach_NeedsLock(MemoryEntry entry)
    {
        if (Of(entry.Key) is { Length: >= MaxVariants } variants)
        {
            Evict_NeedsLock(variants[0]);
            entry.CompleteUntil = 0;
        }

        // A new array each time: whoever has found the old one goes on reading it.
        _byUri[entry.Key.Uri] = _byUri.TryGetValue(entry.Key.Uri, out var entries) ? [.. entries, entry] : [entry];
        Tag_NeedsLock(entry);
        _queues.Add(entry);
        _entries++;
    }

    private void Detach_NeedsLock(MemoryEntry entry)
    {
        EvictionQueues<MemoryEntry>.Remove(entry);
        var rest = Array.FindAll(_byUri[entry.Key.Uri], e => e != entry);
        if (rest.Length == 0) _byUri.TryRemove(entry.Key.Uri, out _);
        else _byUri[entry.Key.Uri] = rest;
        Untag_NeedsLock(entry);
        entry.Release();
        _entries--;
    }

    private void Tag_NeedsLock(MemoryEntry entry)
    {
        foreach (var tag in entry.Head.Tags)
        {
            if (!_byTag.TryGetValue(tag, out var entries)) _byTag[tag] = entries = [];
            entries.Add(entry);
        }
    }

    private void Untag_NeedsLock(MemoryEntry entry)
    {
        foreach (var tag in entry.Head.Tags)
        {
            if (_byTag.TryGetValue(tag, out var entries) && entries.Remove(entry) && entries.Count == 0) _byTag.Remove(tag);
        }
    }
}
