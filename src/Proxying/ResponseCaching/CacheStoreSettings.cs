namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>What a configuration says of the store of responses. What is not set is as in the options of the stores.</summary>
internal sealed record CacheStoreSettings
{
    /// <summary>The store in memory.</summary>
    public MemoryStoreSettings? Memory { get; init; }

    /// <summary>A store on disk behind it, which survives a restart. Default: none.</summary>
    public DiskStoreSettings? Disk { get; init; }

    /// <summary>How the store in memory and one behind it work together, where there is one behind it.</summary>
    public TierSettings? Tiers { get; init; }

    /// <summary>A store behind it of a kind that somebody contributes, by the name of its section.</summary>
    public ChosenStore? Chosen { get; init; }
}

/// <summary>The store in memory.</summary>
internal sealed record MemoryStoreSettings
{
    /// <summary>Bytes that all stored responses may take, heads and overhead included. Default: 256 MiB.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Bytes that the body of one response may have. At most a quarter of MaxBytes. Default: 32 MiB.</summary>
    public long? MaxBodyBytes { get; init; }
}

/// <summary>The store on disk.</summary>
internal sealed record DiskStoreSettings
{
    /// <summary>The folder, for this proxy alone; a relative one lies in the content root. Required.</summary>
    public string Path { get; init; } = "";

    /// <summary>Bytes that all stored responses may take. Default: 10 GiB.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Bytes that the body of one response may have. At most a quarter of MaxBytes. Default: 1 GiB.</summary>
    public long? MaxBodyBytes { get; init; }

    /// <summary>Whether a response is flushed to the disk before it can be found, so that it survives a loss of power. Default: true.</summary>
    public bool? FlushToDisk { get; init; }
}

/// <summary>How the store in memory and one behind it, on disk or shared, work together.</summary>
internal sealed record TierSettings
{
    /// <summary>How long a request waits for the store behind; then it goes on without. Keep it below 250 ms, after which a store as a whole counts as slow. Default: 100 ms.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Bytes of bodies that may wait to be written to the store behind; what comes beyond it is kept in memory only. Default: 64 MiB.</summary>
    public long? MaxQueuedBytes { get; init; }

    /// <summary>How many responses are written to the store behind at once. Default: 4.</summary>
    public int? Writers { get; init; }

    /// <summary>How long writing one response may take; then it is given up. Default: 30 s.</summary>
    public TimeSpan? WriteTimeout { get; init; }

    /// <summary>How long the application waits at its end for what is still to be written. Default: 5 s.</summary>
    public TimeSpan? StopTimeout { get; init; }
}
