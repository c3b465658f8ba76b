namespace Net2Secure.Routing.Caching;

/// <summary>By what a purge chooses responses.</summary>
public enum CachePurgeKind
{
    /// <summary>One URI, in all its variants.</summary>
    Uri,

    /// <summary>The beginning of URIs.</summary>
    Prefix,

    /// <summary>A tag that the origin has given to them.</summary>
    Tag,

    /// <summary>None: all of them.</summary>
    Everything,
}
