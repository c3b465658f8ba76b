namespace Net2Secure.Routing.Caching;

/// <summary>A response in memory. What it holds never changes; where it stands in the queues is the store's, under its lock.</summary>
internal sealed class MemoryEntry : CachedResponse, IEvictable<MemoryEntry>, IResidentBody
{
    /// <summary>What an entry costs beside its texts and body: this object, the head, its policy, lists, the place in the table. Measured (see the tests of the store), rounded up.</summary>
    public const int OverheadBytes = 640;

    /// <summary>What the other store's response costs, without its head, which is the same.</summary>
    private const int ElsewhereBytes = 256;

    private const int OverheadOfString = 24;
    private const int OverheadOfLine = 16;
    private const int MaxFrequency = 3;

    private int _frequency;
    private long _completeUntil;

    /// <summary>Takes over one reference to the body.</summary>
    public MemoryEntry(CacheKey key, CachedHead head, BodySegments body)
    {
        Key = key;
        Head = head;
        Body = body;
        Length = body.Length;
        Bytes = OverheadBytes + BytesOf(key, head) + body.Capacity;
    }

    /// <summary>A response whose body lies elsewhere.</summary>
    public MemoryEntry(CacheKey key, CachedHead head, CachedResponse elsewhere)
    {
        Key = key;
        Head = head;
        Elsewhere = elsewhere;
        Length = elsewhere.Length;
        Bytes = OverheadBytes + ElsewhereBytes + BytesOf(key, head);
    }

    public CacheKey Key { get; }

    public override CachedHead Head { get; }

    /// <summary>The body; <see langword="null"/>: it lies <see cref="Elsewhere"/>.</summary>
    public BodySegments? Body { get; }

    /// <summary>Where the body is, if it is not here.</summary>
    public CachedResponse? Elsewhere { get; }

    /// <summary>Until when, as a timestamp, this store is known to have every variant of the key that a store behind it has. 0: not known.</summary>
    public long CompleteUntil
    {
        get => Volatile.Read(ref _completeUntil);
        set => Volatile.Write(ref _completeUntil, value);
    }

    public override long Length { get; }

    public long Bytes { get; }

    public EntryQueue<MemoryEntry>? Queue { get; set; }

    public MemoryEntry? Newer { get; set; }

    public MemoryEntry? Older { get; set; }

    public int Frequency
    {
        get => Volatile.Read(ref _frequency);
        set => Volatile.Write(ref _frequency, value);
    }

    public int Trace => HashCode.Combine(Key, Head.Variant);

    public override void Touch()
    {
        // Written only while it changes, so that what everybody reads stays in every processor's cache.
        var frequency = Frequency;
        if (frequency < MaxFrequency) Frequency = frequency + 1;
    }

    public override ValueTask<Stream?> OpenAsync(long offset, long count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        if (Body is null)
        {
            Touch();
            return Elsewhere!.OpenAsync(offset, count, cancellationToken);
        }

        if (!Body.TryAddReference()) return default;
        Touch();
        return new(new SegmentStream(Body, offset, Math.Min(count, Length - offset)));
    }

    public BodySegments? TryTake()
    {
        if (Body?.TryAddReference() != true) return null;
        Touch();
        return Body;
    }

    /// <summary>The same body under another head.</summary>
    public MemoryEntry? WithHead(CachedHead head)
    {
        if (Body is null) return new MemoryEntry(Key, head, Elsewhere!) { Frequency = Frequency, CompleteUntil = CompleteUntil };
        return Body.TryAddReference() ? new MemoryEntry(Key, head, Body) { Frequency = Frequency, CompleteUntil = CompleteUntil } : null;
    }

    /// <summary>The same response with its body here. Takes over one reference to it.</summary>
    public MemoryEntry WithBody(BodySegments body) => new(Key, Head, body) { Frequency = Frequency, CompleteUntil = CompleteUntil };

    /// <summary>Lets go of the body. Readers that have it open keep it.</summary>
    public void Release() => Body?.Release();

    private static long BytesOf(CacheKey key, CachedHead head)
    {
        var characters = (long)key.Uri.Length + head.Variant.Length + (head.ReasonPhrase?.Length ?? 0);
        var strings = 2;
        for (var i = 0; i < head.Fields.Count; i++)
        {
            // Names of common fields are shared by all messages of the process; counted all the same, as others are not.
            characters += head.Fields[i].Name.Length + head.Fields[i].Value.Length;
            strings += 2;
        }

        for (var i = 0; i < head.SelectingFields.Count; i++)
        {
            characters += head.SelectingFields[i].Name.Length + (head.SelectingFields[i].Value?.Length ?? 0);
            strings += 2;
        }

        for (var i = 0; i < head.Tags.Count; i++)
        {
            characters += head.Tags[i].Length;
            strings += 2;
        }

        return (characters * sizeof(char)) + (strings * (OverheadOfString + (OverheadOfLine / 2)));
    }
}
