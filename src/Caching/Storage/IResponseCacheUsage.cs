namespace Net2Secure.Routing.Caching;

/// <summary>What a store that counts its bytes can say of itself. Optional, for metrics and dashboards.</summary>
public interface IResponseCacheUsage
{
    /// <summary>Bytes in use, heads and overhead included.</summary>
    long Bytes { get; }

    /// <summary>Responses stored.</summary>
    long Entries { get; }

    /// <summary>Responses that had to make room for others since the start.</summary>
    long Evictions { get; }
}
