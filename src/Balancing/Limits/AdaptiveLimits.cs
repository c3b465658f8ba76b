using System.Net;

namespace Net2Secure.Routing.Balancing;

/// <summary>Feeds the limits of a cluster's destinations with how attempts go, while limits are found.</summary>
internal sealed class AdaptiveLimits(Cluster cluster) : IClusterFeature, IAttemptObserver
{
    private readonly long _epoch = cluster.Time.GetTimestamp();

    /// <inheritdoc/>
    public bool IsListening => cluster.Limiter?.Settings is { IsAdaptive: true };

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
    }

    /// <inheritdoc/>
    public void OnStarted(Destination destination, HttpRequestMessage request)
    {
    }

    /// <inheritdoc/>
    public void OnEnded(in AttemptOutcome outcome)
    {
        var destination = outcome.Destination;
        if (destination.AdaptiveLimit is not { } adaptive) return;
        var isOverloaded = outcome.Response is { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable }
            || outcome.Failure is { Side: FailureSide.Destination, Kind: AttemptFailureKinds.HttpResponseTimeout };

        // Refused connections and other failures are quick, or slow, for reasons of their own.
        var latency = outcome.Response is not null && !isOverloaded && outcome.Failure is null ? outcome.Elapsed : (TimeSpan?)null;
        if (latency is null && !isOverloaded) return;
        var before = destination.RequestLimit;
        var limit = adaptive.Observe(latency, destination.ConcurrentRequests, isOverloaded, cluster.Time.GetElapsedTime(_epoch));
        if (limit == before || !ReferenceEquals(destination.AdaptiveLimit, adaptive)) return;
        destination.RequestLimit = limit;
        if (limit > before) cluster.Limiter?.ServeAll();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
