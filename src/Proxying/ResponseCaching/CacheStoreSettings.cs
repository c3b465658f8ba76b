namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>What a configuration says of the store of responses. What is not set is as in the options of the stores.</summary>
internal sealed record CacheStoreSettings
{
    /// <summary>The store in memory.</summary>
    public MemoryStoreSettings? Memory { get; init; }

    /// <summary>A store on disk behind the one in memory, which survives a restart. Default: none.</summary>
    public DiskStoreSettings? Disk { get; init; }
}

/// <summary>The store in memory.</summary>
internal sealed record MemoryStoreSettings
{
    /// <summary>Bytes that all stored responses may take in memory, heads and overhead included. Default: 256 MiB.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Bytes that the body of one response may have in memory. At most a quarter of <c>MaxBytes</c>. Default: 32 MiB.</summary>
    public long? MaxBodyBytes { get; init; }
}

/// <summary>The store on disk.</summary>
internal sealed record DiskStoreSettings
{
    /// <summary>The folder, for this proxy alone; a relative one lies in the content root. Required.</summary>
    public string Path { get; init; } = "";

    /// <summary>Bytes that all stored responses may take on disk. Default: 10 GiB.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Bytes that the body of one response may have on disk. At most a quarter of <c>MaxBytes</c>. Default: 1 GiB.</summary>
    public long? MaxBodyBytes { get; init; }

    /// <summary>Whether a response is flushed to the disk before it can be found, so that it survives a loss of power. Default: true.</summary>
    public bool? FlushToDisk { get; init; }
}
