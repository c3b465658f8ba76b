namespace Net2Secure.Routing.Balancing;

/// <summary>Tells those of a cluster who listen how each attempt went.</summary>
/// <remarks>Stands directly around what sends, inside the choice of a destination, so that each attempt counts once, for the destination that served it. Nobody listening: nothing paid.</remarks>
internal sealed class ObservationHandler(ClusterReference reference) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (reference.Find() is not { Observers: { Length: > 0 } observers } cluster || DestinationOf(request) is not { } destination) return base.SendAsync(request, cancellationToken);
        return ObserveAsync(cluster, observers, destination, request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (reference.Find() is not { Observers: { Length: > 0 } observers } cluster || DestinationOf(request) is not { } destination) return base.Send(request, cancellationToken);
        var started = Start(cluster, observers, destination, request);
        try
        {
            var response = base.Send(request, cancellationToken);
            Tell(cluster, observers, destination, request, response, failure: null, started);
            return response;
        }
        catch (Exception e)
        {
            Tell(cluster, observers, destination, request, response: null, AttemptFailureReader.Read(e, request), started);
            throw;
        }
    }

    private async Task<HttpResponseMessage> ObserveAsync(
        Cluster cluster, IAttemptObserver[] observers, Destination destination, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var started = Start(cluster, observers, destination, request);
        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            Tell(cluster, observers, destination, request, response, failure: null, started);
            return response;
        }
        catch (Exception e)
        {
            Tell(cluster, observers, destination, request, response: null, AttemptFailureReader.Read(e, request), started);
            throw;
        }
    }

    // Those who heard of the beginning hear of the end, whoever listens by then.
    private static long Start(Cluster cluster, IAttemptObserver[] observers, Destination destination, HttpRequestMessage request)
    {
        foreach (var observer in observers) observer.OnStarted(destination, request);
        return cluster.Time.GetTimestamp();
    }

    private static void Tell(
        Cluster cluster, IAttemptObserver[] observers, Destination destination, HttpRequestMessage request, HttpResponseMessage? response, AttemptFailure? failure, long started)
    {
        var outcome = new AttemptOutcome(destination, request, response, failure, cluster.Time.GetElapsedTime(started));
        foreach (var observer in observers) observer.OnEnded(outcome);
    }

    private static Destination? DestinationOf(HttpRequestMessage request) =>
        request is RoutedRequestMessage routed ? routed.Destination
        : request.Options.TryGetValue(BalancingRequestOptions.Destination, out var destination) ? destination : null;
}
