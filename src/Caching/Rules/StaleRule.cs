namespace Net2Secure.Routing.Caching;

/// <summary>Decides whether a stale response may be used after all (RFC 9111 §4.2.4, RFC 5861).</summary>
internal static class StaleRule
{
    /// <summary>The origin has forbidden it: must-revalidate, proxy-revalidate, s-maxage, which includes the latter (RFC 9111 §5.2.2.10), or no-cache.</summary>
    public static bool IsForbidden(in ResponseDirectives directives) =>
        directives.Has(ResponseFlags.MustRevalidate | ResponseFlags.ProxyRevalidate | ResponseFlags.NoCache) || directives.SMaxAge != ResponseDirectives.Absent;

    /// <summary>Whether it is stale for no longer than so many seconds; a negative number stands for a directive that is not there.</summary>
    public static bool IsWithin(ResponsePolicy policy, DateTimeOffset now, int seconds) => seconds >= 0 && -policy.FreshnessLeftAt(now) <= TimeSpan.FromSeconds(seconds);

    /// <summary>The origin has answered with an error: only within stale-if-error (RFC 5861 §4).</summary>
    public static bool MayServeOnError(ResponsePolicy policy, DateTimeOffset now) =>
        !IsForbidden(policy.Directives) && IsWithin(policy, now, policy.Directives.StaleIfError);

    /// <summary>There was no answer (RFC 9111 §4.2.4: disconnected): for as long as the user allows, or the origin does.</summary>
    public static bool MayServeWhenUnreachable(ResponsePolicy policy, DateTimeOffset now, TimeSpan allowed) =>
        !IsForbidden(policy.Directives) && (-policy.FreshnessLeftAt(now) <= allowed || IsWithin(policy, now, policy.Directives.StaleIfError));
}
