namespace Net2Secure.Routing.Balancing;

/// <summary>Picks a destination for each request that passes, addresses the request to it and counts it in flight there.</summary>
/// <remarks>
/// Stands inside whatever tries again (retries, hedging), so that each attempt picks anew, and outside whatever looks at the attempt.
/// A <see cref="RoutedRequestMessage"/> carries its own count and is ended by its sender, so nothing is awaited here. Any other request gets its
/// own <see cref="HttpRequestMessage.RequestUri"/> back when the attempt is answered, so that it can be sent again.
/// </remarks>
internal sealed class BalancingHandler : DelegatingHandler
{
    private readonly IClusterRegistry? _registry;
    private readonly Cluster? _cluster;
    private readonly string _clusterId;

    /// <summary>Balances over one live cluster.</summary>
    public BalancingHandler(Cluster cluster)
    {
        _cluster = cluster;
        _clusterId = cluster.Id;
    }

    /// <summary>Balances over the cluster that has this name at the time of each request.</summary>
    public BalancingHandler(IClusterRegistry registry, string clusterId)
    {
        _registry = registry;
        _clusterId = clusterId;
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Destination? destination;
        try
        {
            destination = FindCluster().Snapshot.Pick(request);
        }
        catch (Exception e) // an async method never throws before it returns its task; a user's policy may
        {
            return Task.FromException<HttpResponseMessage>(e);
        }

        if (destination is null) return Task.FromException<HttpResponseMessage>(new NoDestinationException(_clusterId));
        if (request is not RoutedRequestMessage routed) return SendAddressedAsync(request, destination, cancellationToken);
        routed.BeginAttempt(destination);
        return base.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var destination = FindCluster().Snapshot.Pick(request) ?? throw new NoDestinationException(_clusterId);
        if (request is RoutedRequestMessage routed)
        {
            routed.BeginAttempt(destination);
            return base.Send(request, cancellationToken);
        }

        using var attempt = new AddressedAttempt(request, destination);
        return attempt.Track(base.Send(request, cancellationToken));
    }

    private async Task<HttpResponseMessage> SendAddressedAsync(HttpRequestMessage request, Destination destination, CancellationToken cancellationToken)
    {
        using var attempt = new AddressedAttempt(request, destination);
        return attempt.Track(await base.SendAsync(request, cancellationToken).ConfigureAwait(false));
    }

    private Cluster FindCluster()
    {
        if (_cluster is not null) return _cluster;
        return _registry!.TryGet(_clusterId, out var cluster) ? cluster : throw new NoDestinationException(_clusterId);
    }
}
