namespace Net2Secure.Routing.Caching;

/// <summary>Where a freshness lifetime comes from.</summary>
internal enum LifetimeSource
{
    /// <summary>There is none: the response must not be reused without asking the origin.</summary>
    None,
    SMaxAge,
    MaxAge,
    Expires,
    Heuristic,

    /// <summary>A setting of this cache, where the origin is silent.</summary>
    Assumed,
}

/// <summary>How long a response is fresh, counted from when it was made.</summary>
internal readonly record struct Lifetime(TimeSpan Length, LifetimeSource Source)
{
    /// <summary>The origin has said it, be it that the response is stale already.</summary>
    public bool IsExplicit => Source is LifetimeSource.SMaxAge or LifetimeSource.MaxAge or LifetimeSource.Expires;
}
