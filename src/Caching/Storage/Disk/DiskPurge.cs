namespace Net2Secure.Routing.Caching;

/// <summary>A purge that is on record: whatever was written before it and is meant by it counts as gone, or as doubted, until it is so.</summary>
/// <param name="Sequence">What was written before has a lower one.</param>
/// <param name="Kind">By what responses are chosen.</param>
/// <param name="Value">The URI, the beginning of URIs, or the tag.</param>
/// <param name="Partition">Whose; <see langword="null"/>: everybody's.</param>
/// <param name="IsSoft">They stay, in doubt.</param>
internal sealed record DiskPurge(ulong Sequence, CachePurgeKind Kind, string Value, string? Partition, bool IsSoft)
{
    private CachePurge? _purge;

    public static DiskPurge Of(ulong sequence, CachePurge purge) => new(sequence, purge.Kind, purge.Value, purge.Partition, purge.IsSoft);

    public bool Concerns(ulong sequence, CacheKey key, IReadOnlyList<string> tags) => sequence < Sequence && (_purge ??= ToPurge()).Concerns(key, tags);

    /// <summary>Whether the response of this name can be meant: no file that cannot need be looked into.</summary>
    public bool MayConcern(in DiskName name, DiskHash hash)
    {
        if (Kind == CachePurgeKind.Uri) return name.Uri == hash.UriOf(Value);
        if (Kind != CachePurgeKind.Tag) return true;
        var bits = hash.TagsOf([Value]);
        return (name.Tags & bits) == bits;
    }

    private CachePurge ToPurge() => Kind switch
    {
        CachePurgeKind.Uri => CachePurge.ForUri(Value),
        CachePurgeKind.Prefix => CachePurge.ForPrefix(Value),
        CachePurgeKind.Tag => CachePurge.ForTag(Value),
        _ => CachePurge.ForEverything(),
    } with { Partition = Partition };
}
