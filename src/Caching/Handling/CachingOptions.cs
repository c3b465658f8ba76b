namespace Net2Secure.Routing.Caching;

/// <summary>Settings of a cache in front of something that sends requests.</summary>
public sealed class CachingOptions
{
    /// <summary>What becomes of responses with <c>Set-Cookie</c>. Default: <see cref="StoreSetCookie.WhenPublic"/>.</summary>
    public StoreSetCookie StoreSetCookie { get; set; }

    /// <summary>Whether what clients ask of a cache (<c>Cache-Control</c> and <c>Pragma</c> of requests) has no effect. Default: <see langword="false"/>.</summary>
    public bool IgnoreRequestDirectives { get; set; }

    /// <summary>How long beyond its freshness a response may serve while the origin cannot be reached, unless the origin forbids it (RFC 9111 §4.2.4). 0 to 365 d; 0: not at all. Default: 1 d.</summary>
    public TimeSpan MaxStaleWhenUnreachable { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Bytes that the body of a stored response may have; the store may have a lower bound. 1 KiB to 1 TiB. Default: 64 MiB.</summary>
    public long MaxBodyBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Bytes that bodies on their way into the store may take together; beyond it responses pass without being stored. 64 KiB to 1 TiB. Default: 128 MiB.</summary>
    public long MaxTransferBytes { get; set; } = 128L * 1024 * 1024;

    /// <summary>How long a request waits for the store; then it is a miss. 1 ms to 1 min. Default: 250 ms.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a request waits for the head of an answer that another one has asked for; then it asks itself. 0 to 10 min; 0: requests never wait for one another. Default: 10 s.</summary>
    public TimeSpan CoalescingTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many responses may be revalidated in the background at once (RFC 5861 §3). 0 to 10,000; 0: none, they stay stale until their time is over. Default: 32.</summary>
    public int MaxBackgroundRevalidations { get; set; } = 32;

    /// <summary>How long a revalidation in the background may take, and a body that no client waits for any more. 100 ms to 10 min. Default: 30 s.</summary>
    public TimeSpan BackgroundTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The name of this cache in the <c>Cache-Status</c> of responses (RFC 9211), a token; <see langword="null"/>: no such field is sent. Default: <see langword="null"/>.</summary>
    public string? CacheStatusName { get; set; }

    /// <summary>How long a 404, 405, 410, 414 or 501 is fresh that says nothing of its freshness itself. 0 to 1 h; 0: it is not reused. Default: 0.</summary>
    public TimeSpan NegativeLifetime { get; set; }

    /// <summary>The response fields that list tags to purge responses by, separated by commas or blanks. They are passed on like any other. At most 8. Default: <c>Cache-Tag</c> and <c>Surrogate-Key</c>.</summary>
    public IList<string> TagFields { get; set; } = ["Cache-Tag", "Surrogate-Key"];

    /// <summary>Keeps the responses apart from those of others that use the same store, and with them what is forgotten. Default: empty; the name of the client, where a client is given a cache.</summary>
    /// <remarks>Two clients with one partition share what is stored, but do not wait for each other's fetches: give them one only where they send the same credentials.</remarks>
    public string Partition { get; set; } = "";

    /// <summary>Whether others keep responses to the same URIs in partitions of their own, so that what changes one changes them all.</summary>
    internal bool SharesUris { get; init; }
}
