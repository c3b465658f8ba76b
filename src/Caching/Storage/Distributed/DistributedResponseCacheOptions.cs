namespace Net2Secure.Routing.Caching;

/// <summary>Settings of the store that processes share through an <c>IDistributedCache</c>. All processes that share one have to have the same.</summary>
public sealed class DistributedResponseCacheOptions
{
    /// <summary>The key under which the application has registered the <c>IDistributedCache</c> to use, a text. Default: none, the one without a key.</summary>
    public string? ServiceKey { get; set; }

    /// <summary>What the names of all values begin with. Processes share what they store if they have the same. 1 to 64 printable ASCII characters. Default: <c>net2:</c>.</summary>
    public string KeyPrefix { get; set; } = "net2:";

    /// <summary>
    /// Bytes that the body of a response may have; a larger one is not shared. 1 KiB to 64 MiB. Default: 1 MiB: such stores hold values whole in memory and send them whole over the network, where a large one delays
    /// all that stands behind it.
    /// </summary>
    public long MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes of memory that bodies on their way to and from the store may take together; what finds no room is not stored, or not found. At least <see cref="MaxBodyBytes"/>, at most 1 TiB. Default: 64 MiB.</summary>
    public long MaxTransferBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How long a response is kept beyond its freshness, unless it asks for longer by <c>stale-while-revalidate</c> or <c>stale-if-error</c>. 0 to 30 d. Default: 1 h.</summary>
    public TimeSpan MaxStale { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The longest that a response is kept, whatever its fields say. Purges are remembered as long. 1 min to 30 d. Default: 1 d.</summary>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Time between two looks for what others have purged. 50 ms to 1 min. Default: 400 ms.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>By how much the clocks of two processes may differ. What was asked for so shortly after a purge of another process is taken for purged. 0 to 1 h. Default: 2 s.</summary>
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one call of the store may take. 10 ms to 1 min. Default: 2 s. Requests do not wait that long: they go on without it after <see cref="CachingOptions.StoreTimeout"/>.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
