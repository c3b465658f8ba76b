namespace Net2Secure.Routing.Balancing;

/// <summary>The limits of a cluster, with their defaults filled in. Immutable.</summary>
internal sealed class LimitSettings
{
    /// <summary>No bound.</summary>
    public const int None = int.MaxValue;

    public const int DefaultLeast = 4;
    public const int DefaultMost = 1_000;
    private const int DefaultFirst = 20;

    public static readonly TimeSpan DefaultQueueTimeout = TimeSpan.FromSeconds(5);

    private LimitSettings(LimitsOptions options)
    {
        PerDestination = options.MaxRequestsPerDestination ?? None;
        PerCluster = options.MaxRequests ?? None;
        MaxQueue = options.MaxQueue ?? 0;
        QueueTimeout = options.QueueTimeout ?? DefaultQueueTimeout;
        StickyWait = options.StickyRequests is null or FullDestinationBehavior.Wait;
        RetryAfter = options.RetryAfter ?? TimeSpan.FromSeconds(1);
        IsAdaptive = options.Adaptive is { Enabled: true };
        Most = Math.Min(options.Adaptive?.MaxRequests ?? DefaultMost, PerDestination);
        Least = Math.Min(options.Adaptive?.MinRequests ?? DefaultLeast, Most);
        First = Math.Clamp(options.Adaptive?.InitialRequests ?? DefaultFirst, Least, Most);
    }

    /// <summary>Requests in flight to one destination.</summary>
    public int PerDestination { get; }

    /// <summary>Requests in flight to all.</summary>
    public int PerCluster { get; }

    public int MaxQueue { get; }

    public TimeSpan QueueTimeout { get; }

    /// <summary>Whether a request that is kept on a destination waits for it.</summary>
    public bool StickyWait { get; }

    public TimeSpan RetryAfter { get; }

    /// <summary>Whether the limits of destinations are found, between <see cref="Least"/> and <see cref="Most"/>, from <see cref="First"/> on.</summary>
    public bool IsAdaptive { get; }

    public int Least { get; }

    public int First { get; }

    public int Most { get; }

    /// <summary>The settings of a cluster, or <see langword="null"/> when it sets no bound.</summary>
    public static LimitSettings? Of(ClusterOptions options) =>
        options.Limits is null or { MaxRequestsPerDestination: null, MaxRequests: null, Adaptive: not { Enabled: true } } ? null : new LimitSettings(options.Limits);
}
