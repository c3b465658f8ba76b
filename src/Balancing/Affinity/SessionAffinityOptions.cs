namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps the requests of one client on one destination.</summary>
public sealed class SessionAffinityOptions
{
    /// <summary>Switches affinity on. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>How a client is known again: <c>HashCookie</c>, <c>ArrCookie</c>, <c>Cookie</c>, <c>CustomHeader</c>, <c>LearnedCookie</c>, <c>ClientAddress</c> or <c>RequestKey</c>,
    /// see <see cref="SessionAffinityNames"/>. Default: <c>HashCookie</c>.</summary>
    public string? Policy { get; set; }

    /// <summary>What to do when the destination of the key cannot be used: <c>Redistribute</c> or <c>Return503Error</c>. Default: <c>Redistribute</c>.</summary>
    public string? FailurePolicy { get; set; }

    /// <summary>Name of the cookie or header that carries the key: a token of RFC 9110 §5.6.2. Required when <see cref="Enabled"/>, unless the key is neither.</summary>
    public string? AffinityKeyName { get; set; }

    /// <summary>Secrets that the keys of <c>HashCookie</c> and <c>CustomHeader</c> are signed with: the first signs, all are accepted. Proxies of one front have to have the same.
    /// 16 to 1,024 characters each, up to 8; take 32 or more at random. Default: one drawn at the start of the process.</summary>
    public IList<string> Keys { get; set; } = [];

    /// <summary>Whether a cookie or header that the proxy itself issued is passed on to the destination. Default: <see langword="false"/>.</summary>
    public bool? ForwardKey { get; set; }

    /// <summary>Whether an answer that brings a client its key says to shared caches that the key is not for others: <c>Cache-Control: private="set-cookie"</c>. Default: <see langword="true"/>.</summary>
    public bool? KeepOutOfSharedCaches { get; set; }

    /// <summary>Attributes of the cookie.</summary>
    public AffinityCookieOptions? Cookie { get; set; }

    /// <summary>Bounds on what <c>LearnedCookie</c>, <c>ClientAddress</c> and <c>RequestKey</c> remember. Default: the defaults of each setting.</summary>
    public AffinityTableOptions? Table { get; set; }

    /// <summary>How much of the address counts with <c>ClientAddress</c>. Default: the defaults of each setting.</summary>
    public ClientAddressOptions? ClientAddress { get; set; }
}
