using Polly;

namespace Net2Secure.Routing.Balancing;

/// <summary>The resilience of one configuration of a cluster, worked out. Immutable.</summary>
internal sealed class ResilienceSettings
{
    private readonly int[] _statusCodes;

    public ResilienceSettings(ClusterSnapshot snapshot, ResiliencePipeline<RetryRun> retrying, Cluster cluster)
    {
        var options = snapshot.Options.Resilience ?? new ResilienceOptions();
        Retry = options.Retry ?? new RetryOptions();
        Retries = Retry is { Enabled: true, MaxAttempts: > 1 };
        AttemptTimeout = options.AttemptTimeout;
        TotalTimeout = options.TotalTimeout;
        Hedging = options.Hedging is { Enabled: true } hedging ? hedging : null;
        HasOthers = snapshot.Destinations.Count > 1;
        _statusCodes = Retries ? [.. Retry.RetryStatusCodes] : [];
        MayBeRefused = snapshot.Destinations.Any(static d => d.Address.Scheme == Uri.UriSchemeHttps);
        Retrying = retrying;
        if (Hedging is not null) HedgedAttempts = HedgedRun.Build(Hedging, cluster);
    }

    public RetryOptions Retry { get; }

    /// <summary>Whether anything is tried again.</summary>
    public bool Retries { get; }

    public TimeSpan? AttemptTimeout { get; }

    public TimeSpan? TotalTimeout { get; }

    public HedgingOptions? Hedging { get; }

    /// <summary>Whether there is somebody else to ask.</summary>
    public bool HasOthers { get; }

    /// <summary>Whether destinations may agree to HTTP/2, whose servers refuse requests that are partly sent (RFC 9113 §8.7).</summary>
    public bool MayBeRefused { get; }

    /// <summary>Waits, and has the attempt made again.</summary>
    public ResiliencePipeline<RetryRun> Retrying { get; }

    /// <summary>Makes attempts beside each other, where there is <see cref="Hedging"/>.</summary>
    public ResiliencePipeline<HedgedLeg>? HedgedAttempts { get; }

    /// <summary>Whether an answer with this status is tried again like a failure.</summary>
    public bool IsRetried(int statusCode) => _statusCodes.Length > 0 && Array.IndexOf(_statusCodes, statusCode) >= 0;

    /// <summary>Whether a request may be repeated that a destination may have acted on.</summary>
    public bool MayRepeat(HttpMethod method) => Retries && (Repeatability.IsIdempotent(method) || Retry.DangerousRetryNonIdempotent);

    /// <summary>Whether keeping the body of a request can be of use.</summary>
    public bool MayNeedBodyAgain(HttpRequestMessage request) =>
        Retries && Retry.MaxBodyBytes > 0
        && (MayRepeat(request.Method) || (request.Version.Major > 1 && (MayBeRefused || request.VersionPolicy != HttpVersionPolicy.RequestVersionOrLower)));
}
