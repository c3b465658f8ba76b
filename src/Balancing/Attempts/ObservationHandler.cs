namespace Net2Secure.Routing.Balancing;

/// <summary>Tells those of a cluster who listen how each attempt went.</summary>
/// <remarks>
/// Stands directly around what sends, inside the choice of a destination, so that each attempt counts once, for the destination that served it. Nobody listening: nothing paid.
/// What happens to the body of an answer is seen further out, by whoever reads it: <see cref="RoutedRequestMessage.TellCut"/> and <see cref="InFlightStream"/>.
/// </remarks>
internal sealed class ObservationHandler(ClusterReference reference) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (reference.Find(request) is not { Observers.Length: > 0 } cluster || DestinationOf(request) is not { } destination) return base.SendAsync(request, cancellationToken);
        return ObserveAsync(cluster, destination, request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (reference.Find(request) is not { Observers.Length: > 0 } cluster || DestinationOf(request) is not { } destination) return base.Send(request, cancellationToken);
        var observation = Start(cluster, destination, request);
        try
        {
            var response = base.Send(request, cancellationToken);
            observation.Tell(request, response, failure: null);
            return response;
        }
        catch (Exception e)
        {
            observation.Tell(request, response: null, AttemptFailureReader.Read(e, request));
            throw;
        }
    }

    private async Task<HttpResponseMessage> ObserveAsync(Cluster cluster, Destination destination, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var observation = Start(cluster, destination, request);
        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            observation.Tell(request, response, failure: null);
            return response;
        }
        catch (Exception e)
        {
            observation.Tell(request, response: null, AttemptFailureReader.Read(e, request));
            throw;
        }
    }

    private static AttemptObservation Start(Cluster cluster, Destination destination, HttpRequestMessage request)
    {
        var observation = AttemptObservation.Start(cluster, destination, request);
        if (request is RoutedRequestMessage routed) routed.Observation = observation;
        else AddressedAttempt.Of(request)?.Observe(observation);
        return observation;
    }

    private static Destination? DestinationOf(HttpRequestMessage request) =>
        request is RoutedRequestMessage routed ? routed.Destination
        : request.Options.TryGetValue(BalancingRequestOptions.Destination, out var destination) ? destination : null;
}
