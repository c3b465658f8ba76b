namespace Net2Secure.Routing.Caching;

/// <summary>How a store in memory and one behind it, on disk or shared, work together.</summary>
public sealed class TieredResponseCacheOptions
{
    /// <summary>
    /// How long a request waits for the store behind; then it goes on without. 1 ms to 1 min. To be below <see cref="CachingOptions.StoreTimeout"/>, so that a slow store behind does not look like a slow store as a whole.
    /// Default: 100 ms.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes of bodies that may wait to be written to the store behind; what comes beyond it is kept in memory only. 64 KiB to 1 TiB. Default: 64 MiB.</summary>
    /// <remarks>A body that waits takes this memory only once it has left the store in memory.</remarks>
    public long MaxQueuedBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How many responses are written to the store behind at once. 1 to 64. Default: 4.</summary>
    public int Writers { get; set; } = 4;

    /// <summary>How long writing one response may take; then it is given up. 100 ms to 10 min. Default: 30 s.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the application waits at its end for what is still to be written. 0 to 10 min. Default: 5 s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
