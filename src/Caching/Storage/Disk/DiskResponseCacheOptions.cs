namespace Net2Secure.Routing.Caching;

/// <summary>Where the store on disk keeps responses, and its bounds.</summary>
public sealed class DiskResponseCacheOptions
{
    /// <summary>
    /// The folder, as a full path; for this store of this process alone. Made where it is missing, readable by its owner only. It has to be empty when it is used first. No default.
    /// </summary>
    public string Path { get; set; } = "";

    /// <summary>Bytes that all stored responses may take on disk, in blocks of 4 KiB, those that are being written included. 1 MiB to 64 TiB. Default: 10 GiB.</summary>
    /// <remarks>The table of what is stored is held in memory: about 120 bytes for each response.</remarks>
    public long MaxBytes { get; set; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Bytes that the body of one response may have; a larger one is not stored. 1 KiB to a quarter of <see cref="MaxBytes"/>. Default: 1 GiB.</summary>
    /// <remarks>What a cache stores is bounded by <see cref="CachingOptions.MaxBodyBytes"/> as well, which is lower by default.</remarks>
    public long MaxBodyBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>
    /// Whether a response is flushed to the disk before it can be found, so that it survives a loss of power whole or not at all. Without, it is flushed when the system pleases, and what a loss of power has torn
    /// is noticed by its checksum, at the end of a body at the latest. The death of the process alone tears nothing either way. Default: <see langword="true"/>.
    /// </summary>
    public bool FlushToDisk { get; set; } = true;
}
