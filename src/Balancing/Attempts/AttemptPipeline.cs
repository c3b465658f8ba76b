namespace Net2Secure.Routing.Balancing;

/// <summary>The one place that says through which handlers an attempt comes about, and in which order: the same for a proxy and for an <see cref="HttpClient"/>.</summary>
internal static class AttemptPipeline
{
    /// <summary>New handlers for one pipeline, outermost first.</summary>
    public static DelegatingHandler[] Create(ClusterReference cluster) =>
    [
        // Outside all attempts, so that a request is copied once.
        new MirroringHandler(cluster),

        // Outside balancing, so that each attempt picks anew and can leave out what has failed.
        new ResilienceHandler(cluster),

        // Picks a destination for the attempt, addresses the request to it, and counts it in flight there.
        new BalancingHandler(cluster),

        // Inside, so that each attempt counts once, for the destination that served it.
        new ObservationHandler(cluster),

        // Directly around what sends: the context that it writes into the request is the attempt's own.
        new AttemptTelemetryHandler(cluster),
    ];

    /// <summary>New handlers for connections that are passed through, outermost first: as for requests, but that there is nothing to copy.</summary>
    public static DelegatingHandler[] CreateForConnections(ClusterReference cluster) => [new ResilienceHandler(cluster), new BalancingHandler(cluster), new ObservationHandler(cluster)];

    /// <summary>New handlers for the copies that a cluster gets of the requests of others, outermost first: one attempt each, balanced, counted and observed like any.</summary>
    public static DelegatingHandler[] CreateForCopies(ClusterReference cluster) => [new BalancingHandler(cluster), new ObservationHandler(cluster), new AttemptTelemetryHandler(cluster)];
}
