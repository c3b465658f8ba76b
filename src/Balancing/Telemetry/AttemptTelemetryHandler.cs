namespace Net2Secure.Routing.Balancing;

/// <summary>Measures, traces and writes down single attempts, where anybody wants that; otherwise it is passed by.</summary>
/// <remarks>Stands directly around what sends: the context of the trace that it writes into the request is the attempt's own.</remarks>
internal sealed class AttemptTelemetryHandler(ClusterReference reference) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (reference.Find(request) is not { Telemetry: { } telemetry } cluster || !telemetry.IsWanted(request) || DestinationOf(request) is not { } destination)
            return base.SendAsync(request, cancellationToken);
        return MeasureAsync(telemetry, cluster, destination, request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (reference.Find(request) is not { Telemetry: { } telemetry } cluster || !telemetry.IsWanted(request) || DestinationOf(request) is not { } destination)
            return base.Send(request, cancellationToken);
        var attempt = new MeasuredAttempt(telemetry, cluster, destination, request);
        try
        {
            var response = base.Send(request, cancellationToken);
            attempt.End(response);
            return response;
        }
        catch (Exception e)
        {
            attempt.End(e);
            throw;
        }
    }

    private async Task<HttpResponseMessage> MeasureAsync(AttemptTelemetry telemetry, Cluster cluster, Destination destination, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempt = new MeasuredAttempt(telemetry, cluster, destination, request);
        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            attempt.End(response);
            return response;
        }
        catch (Exception e)
        {
            attempt.End(e);
            throw;
        }
    }

    private static Destination? DestinationOf(HttpRequestMessage request) =>
        request is RoutedRequestMessage routed ? routed.Destination
        : request.Options.TryGetValue(BalancingRequestOptions.Destination, out var destination) ? destination : null;
}
