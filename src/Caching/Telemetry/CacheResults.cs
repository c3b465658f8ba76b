namespace Net2Secure.Routing.Caching;

/// <summary>How a request was answered; values of the attribute <c>net2.cache.result</c>.</summary>
internal static class CacheResults
{
    /// <summary>From the store, fresh.</summary>
    public const string Hit = "hit";

    /// <summary>From the store, stale.</summary>
    public const string Stale = "stale";

    /// <summary>From the store, after the origin had said that it still holds.</summary>
    public const string Revalidated = "revalidated";

    /// <summary>By the fetch of another request.</summary>
    public const string Collapsed = "collapsed";

    /// <summary>By the origin, and stored.</summary>
    public const string Miss = "miss";

    /// <summary>By the origin, and not stored.</summary>
    public const string Pass = "pass";

    /// <summary>By a 504 of the cache.</summary>
    public const string Unavailable = "unavailable";
}
