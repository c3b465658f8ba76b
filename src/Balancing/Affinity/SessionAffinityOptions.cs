namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps the requests of one client on one destination.</summary>
public sealed class SessionAffinityOptions
{
    /// <summary>Switches affinity on. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>How the key travels: <c>HashCookie</c>, <c>ArrCookie</c>, <c>Cookie</c> or <c>CustomHeader</c>. Default: <c>HashCookie</c>.</summary>
    public string? Policy { get; set; }

    /// <summary>What to do when the destination of the key cannot be used: <c>Redistribute</c> or <c>Return503Error</c>. Default: <c>Redistribute</c>.</summary>
    public string? FailurePolicy { get; set; }

    /// <summary>Name of the cookie or header that carries the key: a token of RFC 9110 §5.6.2. Required when <see cref="Enabled"/>.</summary>
    public string? AffinityKeyName { get; set; }

    /// <summary>Attributes of the cookie.</summary>
    public AffinityCookieOptions? Cookie { get; set; }
}
