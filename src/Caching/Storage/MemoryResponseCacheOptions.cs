namespace Net2Secure.Routing.Caching;

/// <summary>Bounds of the store in memory.</summary>
public sealed class MemoryResponseCacheOptions
{
    /// <summary>Bytes that all stored responses may take, heads and overhead included. 64 KiB to 1 TiB. Default: 256 MiB.</summary>
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Bytes that the body of one response may have; a larger one is not stored. 1 KiB to a quarter of <see cref="MaxBytes"/>, so that no response empties the store for itself. Default: 32 MiB.</summary>
    public long MaxBodyBytes { get; set; } = 32L * 1024 * 1024;
}
