namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps each client on its destination: says where a request is to go, and afterwards sees to it that the client comes back there.</summary>
/// <remarks>
/// Stands outermost: outside caches, so that a key of one client is never stored for another, and outside retries, so that the client is kept on the destination that answered in the end.
/// Without affinity it costs one look at the snapshot.
/// </remarks>
internal sealed class AffinityHandler(ClusterReference reference) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (reference.Find() is not { Snapshot: { Affinity: { } affinity } snapshot } cluster) return base.SendAsync(request, cancellationToken);
        return SendKeptAsync(cluster.Affinity, affinity, snapshot, request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (reference.Find() is not { Snapshot: { Affinity: { } affinity } snapshot } cluster) return base.Send(request, cancellationToken);
        var statistics = cluster.Affinity;
        var match = affinity.Begin(request, snapshot, statistics);
        var response = base.Send(request, cancellationToken);
        affinity.End(request, response, match, statistics);
        return response;
    }

    private async Task<HttpResponseMessage> SendKeptAsync(
        AffinityStatistics? statistics, ClusterAffinity affinity, ClusterSnapshot snapshot, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var match = affinity.Begin(request, snapshot, statistics);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        affinity.End(request, response, match, statistics);
        return response;
    }
}
