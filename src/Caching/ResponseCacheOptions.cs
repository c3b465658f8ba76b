namespace Net2Secure.Routing.Caching;

/// <summary>Whether and how the responses of a route are cached (RFC 9111). What is not set is as in <see cref="CachingOptions"/>.</summary>
/// <remarks>Plain data, validated when it is handed in; a later change to an instance has no effect.</remarks>
public sealed class ResponseCacheOptions
{
    /// <summary>Switches the cache on. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>Whether responses with <c>Set-Cookie</c> are stored. Default: <see cref="StoreSetCookie.WhenPublic"/>.</summary>
    public StoreSetCookie StoreSetCookie { get; set; }

    /// <summary>Whether what clients ask of a cache (<c>Cache-Control</c> and <c>Pragma</c> of requests) has no effect. Default: <see langword="false"/>.</summary>
    public bool IgnoreRequestDirectives { get; set; }

    /// <summary>Whether answers say in <c>Cache-Status</c> how the cache has handled the request (RFC 9211). Default: <see langword="false"/>.</summary>
    public bool CacheStatus { get; set; }

    /// <summary>How long beyond its freshness a response may serve while no destination can be reached, unless the origin forbids it (RFC 9111 §4.2.4). 0 to 365 d; 0: not at all. Default: 1 d.</summary>
    public TimeSpan? MaxStaleWhenUnreachable { get; set; }

    /// <summary>How long a 404, 405, 410, 414 or 501 is fresh that says nothing of its freshness itself. 0 to 1 h; 0: it is not reused. Default: 0.</summary>
    public TimeSpan? NegativeLifetime { get; set; }

    /// <summary>Bytes that the body of a stored response may have; the store may have a lower bound. 1 KiB to 1 TiB. Default: 64 MiB.</summary>
    public long? MaxBodyBytes { get; set; }

    /// <summary>How long a request waits for the head of an answer that another one has asked for; then it asks itself. 0 to 10 min; 0: requests never wait for one another. Default: 10 s.</summary>
    public TimeSpan? CoalescingTimeout { get; set; }

    /// <summary>How many responses may be revalidated in the background at once (RFC 5861 §3). 0 to 10,000; 0: none, they stay stale until their time is over. Default: 32.</summary>
    public int? MaxBackgroundRevalidations { get; set; }

    /// <summary>How long a revalidation in the background may take, and a body that no client waits for any more. 100 ms to 10 min. Default: 30 s.</summary>
    public TimeSpan? BackgroundTimeout { get; set; }
}
