namespace Net2Secure.Routing.Balancing;

/// <summary>The settings of mirroring, with their defaults filled in. Immutable.</summary>
internal sealed class MirrorSettings
{
    private MirrorSettings(MirrorOptions mirror, ClusterOptions cluster)
    {
        ClusterId = mirror.ClusterId;
        Percent = mirror.Percent ?? 100;
        MaxBodyBytes = mirror.MaxBodyBytes ?? 65_536;
        // One copy is kept for retries and for this: whichever wants more of it.
        KeptBytes = Math.Max(MaxBodyBytes, (cluster.Resilience?.Retry ?? new RetryOptions()).MaxBodyBytes);
        Timeout = mirror.Timeout ?? TimeSpan.FromSeconds(10);
        MaxConcurrent = mirror.MaxConcurrent ?? 64;
        AnyMethod = mirror.MirrorNonIdempotent;
        Header = string.Equals(mirror.Header, MirrorRules.NoHeader, StringComparison.OrdinalIgnoreCase) ? null
            : string.IsNullOrEmpty(mirror.Header) ? MirrorRules.DefaultHeader : mirror.Header;
    }

    public string ClusterId { get; }

    public int Percent { get; }

    public int MaxBodyBytes { get; }

    /// <summary>Bytes of a body that are kept on its way.</summary>
    public int KeptBytes { get; }

    public TimeSpan Timeout { get; }

    public int MaxConcurrent { get; }

    /// <summary>Whether methods that are not idempotent are copied as well.</summary>
    public bool AnyMethod { get; }

    /// <summary>The field that marks a copy, or <see langword="null"/>.</summary>
    public string? Header { get; }

    /// <summary>The settings of a cluster, or <see langword="null"/> when it sends no copies.</summary>
    public static MirrorSettings? Of(ClusterOptions options) => options.Mirror is { Percent: not 0 } mirror ? new MirrorSettings(mirror, options) : null;
}
