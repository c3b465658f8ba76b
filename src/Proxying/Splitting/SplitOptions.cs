namespace Net2Secure.Routing.Proxying;

/// <summary>Splits the requests of a route between clusters by weight, each user always to the same side: for a canary, blue and green, a test of two variants.</summary>
public sealed class SplitOptions
{
    /// <summary>The sides, two to sixteen. Their order is part of the split: keep it, and as few users as possible change sides when weights change. Required.</summary>
    public IList<SplitClusterOptions> Clusters { get; set; } = [];

    /// <summary>By what one user is told from another. Default: <see cref="SplitKey.Cookie"/>.</summary>
    public SplitKey StickBy { get; set; }

    /// <summary>Name of the cookie or header field that <see cref="StickBy"/> speaks of: a token of RFC 9110 §5.6.2. Required for <see cref="SplitKey.Header"/>. Default: <c>n2s-split</c> for the cookie.</summary>
    public string? KeyName { get; set; }

    /// <summary>Lifetime of the cookie. 1 min to 400 d. Default: none (session cookie).</summary>
    public TimeSpan? CookieLifetime { get; set; }

    /// <summary>Who answers when the cluster of a user's side has no destination that can be used. Default: <see cref="SplitFallback.OtherClusters"/>.</summary>
    public SplitFallback Fallback { get; set; }
}
