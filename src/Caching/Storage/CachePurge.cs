namespace Net2Secure.Routing.Caching;

/// <summary>Says which stored responses are no longer wanted. Never changes.</summary>
public sealed record CachePurge
{
    private CachePurge(CachePurgeKind kind, string value)
    {
        Kind = kind;
        Value = value;
    }

    /// <summary>By what the responses are chosen.</summary>
    public CachePurgeKind Kind { get; }

    /// <summary>The URI, the beginning of URIs, or the tag; empty for <see cref="CachePurgeKind.Everything"/>.</summary>
    public string Value { get; }

    /// <summary>The partition (<see cref="CacheKey.Partition"/>) whose responses are meant; <see langword="null"/>: all of them. Default: <see langword="null"/>.</summary>
    public string? Partition { get; init; }

    /// <summary>
    /// Whether the responses stay, as stale ones: they are validated before they are used again, and serve meanwhile where the origin allows that (<c>stale-while-revalidate</c>, <c>stale-if-error</c>; RFC 5861).
    /// Default: <see langword="false"/>, they are removed.
    /// </summary>
    public bool IsSoft { get; init; }

    /// <summary>All variants of one URI, in the form of <see cref="CacheKey.Uri"/>.</summary>
    /// <exception cref="ArgumentException">The URI is empty.</exception>
    public static CachePurge ForUri(string uri)
    {
        ArgumentException.ThrowIfNullOrEmpty(uri);
        return new(CachePurgeKind.Uri, uri);
    }

    /// <summary>Every URI that begins with this text, such as <c>https://shop.example/images/</c>. Case counts.</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static CachePurge ForPrefix(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return new(CachePurgeKind.Prefix, prefix);
    }

    /// <summary>Everything that has a tag (<see cref="CachedHead.Tags"/>). Case counts.</summary>
    /// <exception cref="ArgumentException">The tag is empty.</exception>
    public static CachePurge ForTag(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        return new(CachePurgeKind.Tag, tag);
    }

    /// <summary>All that is stored.</summary>
    public static CachePurge ForEverything() => new(CachePurgeKind.Everything, "");

    /// <summary>Whether a response under this key and with these tags is meant.</summary>
    public bool Concerns(CacheKey key, IReadOnlyList<string> tags) => (Partition is null || Partition == key.Partition) && Kind switch
    {
        CachePurgeKind.Uri => key.Uri == Value,
        CachePurgeKind.Prefix => key.Uri.StartsWith(Value, StringComparison.Ordinal),
        CachePurgeKind.Tag => tags.Contains(Value),
        _ => true,
    };
}
