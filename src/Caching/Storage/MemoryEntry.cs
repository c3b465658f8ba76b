namespace Net2Secure.Routing.Caching;

/// <summary>A response in memory. What it holds never changes; where it stands in the queues is the store's, under its lock.</summary>
internal sealed class MemoryEntry : CachedResponse, IResidentBody
{
    /// <summary>What an entry costs beside its texts and body: this object, the head, its policy, lists, the place in the table. Measured (see the tests of the store), rounded up.</summary>
    public const int OverheadBytes = 640;

    private const int OverheadOfString = 24;
    private const int OverheadOfLine = 16;
    private const int MaxFrequency = 3;

    private readonly BodySegments _body;
    private int _frequency;

    /// <summary>Takes over one reference to the body.</summary>
    public MemoryEntry(CacheKey key, CachedHead head, BodySegments body)
    {
        Key = key;
        Head = head;
        _body = body;
        Length = body.Length;
        Bytes = OverheadBytes + BytesOf(key, head) + body.Capacity;
    }

    public CacheKey Key { get; }

    public override CachedHead Head { get; }

    public override long Length { get; }

    /// <summary>What it counts for in the store.</summary>
    public long Bytes { get; }

    public EntryQueue? Queue { get; set; }

    public MemoryEntry? Newer { get; set; }

    public MemoryEntry? Older { get; set; }

    /// <summary>How often it was used since the store last looked, up to 3. A count lost in a race does not matter.</summary>
    public int Frequency
    {
        get => Volatile.Read(ref _frequency);
        set => Volatile.Write(ref _frequency, value);
    }

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
        if (!_body.TryAddReference()) return default;
        Touch();
        return new(new SegmentStream(_body, offset, Math.Min(count, Length - offset)));
    }

    public BodySegments? TryTake()
    {
        if (!_body.TryAddReference()) return null;
        Touch();
        return _body;
    }

    /// <summary>The same body under another head.</summary>
    public MemoryEntry? WithHead(CachedHead head) => _body.TryAddReference() ? new MemoryEntry(Key, head, _body) { Frequency = Frequency } : null;

    /// <summary>Lets go of the body. Readers that have it open keep it.</summary>
    public void Release() => _body.Release();

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
