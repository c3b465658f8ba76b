namespace Net2Secure.Routing.Caching;

/// <summary>How long a shared store keeps a response: as long as it is fresh, and as long after that as it may serve or be validated.</summary>
internal static class ShelfLife
{
    /// <param name="head">The response.</param>
    /// <param name="now">The time of storing.</param>
    /// <param name="maxStale">How long beyond freshness, where the origin does not ask for more.</param>
    /// <param name="max">The longest.</param>
    public static TimeSpan Of(CachedHead head, DateTimeOffset now, TimeSpan maxStale, TimeSpan max)
    {
        var policy = head.Policy;
        var fresh = policy.FreshnessLeftAt(now);
        if (fresh < TimeSpan.Zero) fresh = TimeSpan.Zero;
        var stale = TimeSpan.FromSeconds(Math.Max(policy.Directives.StaleWhileRevalidate, policy.Directives.StaleIfError));
        if (stale < maxStale) stale = maxStale;
        return fresh > max - stale ? max : fresh + stale;
    }
}
