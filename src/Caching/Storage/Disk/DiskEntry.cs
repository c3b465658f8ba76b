namespace Net2Secure.Routing.Caching;

/// <summary>A stored response as the table in memory knows it. Kept small: there may be millions.</summary>
internal sealed class DiskEntry(DiskName name, long bytes) : IEvictable<DiskEntry>
{
    private const int MaxFrequency = 3;

    private int _frequency;

    public DiskName Name => name;

    public long Bytes => bytes;

    public int Frequency
    {
        get => Volatile.Read(ref _frequency);
        set => Volatile.Write(ref _frequency, value);
    }

    public int Trace => HashCode.Combine(name.Key, name.Variant);

    public EntryQueue<DiskEntry>? Queue { get; set; }

    public DiskEntry? Newer { get; set; }

    public DiskEntry? Older { get; set; }

    /// <summary>The next one in the same place of the table.</summary>
    public DiskEntry? Next { get; set; }

    public void Touch()
    {
        var frequency = Frequency;
        if (frequency < MaxFrequency) Frequency = frequency + 1;
    }
}
