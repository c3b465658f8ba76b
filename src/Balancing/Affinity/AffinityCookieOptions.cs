namespace Net2Secure.Routing.Balancing;

/// <summary>Attributes of the affinity cookie (RFC 6265 §4.1.2).</summary>
public sealed class AffinityCookieOptions
{
    /// <summary><c>Path</c>: begins with a slash. Default: <c>/</c>.</summary>
    public string? Path { get; set; }

    /// <summary><c>Domain</c>. Default: none, so that the cookie stays with the host that set it.</summary>
    public string? Domain { get; set; }

    /// <summary><c>HttpOnly</c>. Default: <see langword="true"/>.</summary>
    public bool? HttpOnly { get; set; }

    /// <summary><c>Secure</c>: <c>None</c>, <c>Always</c> or <c>SameAsRequest</c>. Default: <c>SameAsRequest</c>.</summary>
    public string? SecurePolicy { get; set; }

    /// <summary><c>SameSite</c>: <c>Unspecified</c>, <c>None</c>, <c>Lax</c> or <c>Strict</c>. Default: <c>Lax</c>.</summary>
    public string? SameSite { get; set; }

    /// <summary>Lifetime from the time of issue, sent as <c>Expires</c>. Positive. Default: none (session cookie).</summary>
    /// <remarks>Renewed while the client comes: with the first answer after half of it, unless the policy is <c>ArrCookie</c>.</remarks>
    public TimeSpan? Expiration { get; set; }

    /// <summary>Lifetime sent as <c>Max-Age</c>. Positive. Default: none.</summary>
    /// <remarks>Renewed like <see cref="Expiration"/>, and counts more where both are set.</remarks>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Exempts the cookie from a consent policy of the application. Default: <see langword="false"/>.</summary>
    public bool? IsEssential { get; set; }
}
