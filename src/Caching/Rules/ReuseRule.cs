namespace Net2Secure.Routing.Caching;

/// <summary>How a stored response may be used.</summary>
internal enum Reuse
{
    /// <summary>As it is.</summary>
    Fresh,

    /// <summary>As it is, though stale: the client does not mind.</summary>
    Stale,

    /// <summary>As it is, though stale, while the origin is asked for the next ones.</summary>
    StaleWhileRevalidate,

    /// <summary>Only if the origin agrees.</summary>
    Validate,
}

/// <summary>Decides whether a stored response may be used without asking the origin (RFC 9111 §4.2, §5.2.1).</summary>
internal static class ReuseRule
{
    public static Reuse Decide(ResponsePolicy policy, in RequestDirectives request, DateTimeOffset now)
    {
        if (request.NoCache || policy.Directives.Has(ResponseFlags.NoCache)) return Reuse.Validate;
        var left = policy.FreshnessLeftAt(now);
        if (request.MaxAge != RequestDirectives.Absent && policy.AgeAt(now) > TimeSpan.FromSeconds(request.MaxAge)) return Reuse.Validate;
        if (request.MinFresh != RequestDirectives.Absent && left < TimeSpan.FromSeconds(request.MinFresh)) return Reuse.Validate;
        if (left > TimeSpan.Zero) return Reuse.Fresh;
        if (StaleRule.IsForbidden(policy.Directives)) return Reuse.Validate;
        // Age is what the client puts up with, not what was purged or has turned out to be another.
        if (!policy.IsDoubted && request.MaxStale != RequestDirectives.Absent && StaleRule.IsWithin(policy, now, request.MaxStale)) return Reuse.Stale;
        return StaleRule.IsWithin(policy, now, policy.Directives.StaleWhileRevalidate) ? Reuse.StaleWhileRevalidate : Reuse.Validate;
    }
}
