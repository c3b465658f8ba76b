namespace Net2Secure.Routing.Caching;

/// <summary>The value that lists what is stored under one key: every variant with its head, and where its body is. Never changes.</summary>
internal sealed class DistributedIndex(CacheKey key, IReadOnlyList<DistributedEntry> entries)
{
    /// <summary>How many variants one key may have; the oldest makes room.</summary>
    public const int MaxVariants = 64;

    /// <summary>How large the value may become; the oldest variants make room.</summary>
    public const int MaxBytes = 512 * 1024;

    private static ReadOnlySpan<byte> Kind => "N2I1"u8;

    public IReadOnlyList<DistributedEntry> Entries => entries;

    /// <summary>This one with another entry, in place of the one of the same variant.</summary>
    public DistributedIndex With(DistributedEntry entry) =>
        new(key, [.. entries.Where(e => e.Head.Variant != entry.Head.Variant).TakeLast(MaxVariants - 1), entry]);

    /// <returns>The value; <see langword="null"/>: the youngest entry alone is too large.</returns>
    public ReadOnlyMemory<byte>? Write()
    {
        for (var skipped = 0; skipped < entries.Count; skipped++)
        {
            var writer = new FormatWriter(Kind);
            writer.Write(key.Uri);
            writer.Write(key.Partition);
            writer.Write(entries.Count - skipped);
            for (var i = skipped; i < entries.Count && writer.Length <= MaxBytes; i++) entries[i].Write(writer);
            if (writer.Length <= MaxBytes) return writer.Seal();
        }

        return null;
    }

    /// <returns>What is there; <see langword="null"/>: these bytes are not an index, or that of another key.</returns>
    public static DistributedIndex? Read(ReadOnlySpan<byte> value, CacheKey key)
    {
        var reader = new FormatReader(value, Kind);
        if (reader.Text() != key.Uri || reader.Text() != key.Partition) return null;
        var entries = new DistributedEntry[Math.Min(reader.Count(), MaxVariants)];
        for (var i = 0; i < entries.Length; i++)
        {
            if (DistributedEntry.Read(ref reader) is not { } entry) return null;
            entries[i] = entry;
        }

        return reader.IsWhole ? new DistributedIndex(key, entries) : null;
    }
}
