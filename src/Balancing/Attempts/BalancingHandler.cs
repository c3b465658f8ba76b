namespace Net2Secure.Routing.Balancing;

/// <summary>Picks a destination for each request that passes, addresses the request to it and counts it in flight there; lets it wait while all are full.</summary>
/// <remarks>
/// Stands inside whatever tries again (retries, hedging), so that each attempt picks anew, and outside whatever looks at the attempt.
/// A <see cref="RoutedRequestMessage"/> carries its own count and is ended by its sender, so nothing is awaited here unless it has to wait. Any other request gets its
/// own <see cref="HttpRequestMessage.RequestUri"/> back when the attempt is answered, so that it can be sent again.
/// </remarks>
internal sealed class BalancingHandler(ClusterReference reference) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        reference.Find(request)?.Starting is { IsCompleted: false } starting ? SendLaterAsync(starting, request, cancellationToken) : SendNowAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> SendLaterAsync(Task starting, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await SendNowAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private Task<HttpResponseMessage> SendNowAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Cluster cluster;
        CountedAttempt attempt;
        try
        {
            cluster = reference.Get(request);
            Prepare(request);
            var choice = Choose(cluster, request);
            if (!choice.TryGetAttempt(out attempt)) return choice.IsFull ? WaitAndSendAsync(cluster, choice, request, cancellationToken) : throw Nobody(cluster, request);
        }
        catch (Exception e) // an async method never throws before it returns its task; a user's policy may
        {
            return Task.FromException<HttpResponseMessage>(e);
        }

        if (request is not RoutedRequestMessage routed) return SendAddressedAsync(request, attempt, cancellationToken);
        routed.BeginAttempt(attempt);
        return base.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (reference.Find(request)?.Starting is { IsCompleted: false } starting) starting.Wait(cancellationToken); // whoever sends synchronously has a thread to wait on
        var cluster = reference.Get(request);
        Prepare(request);
        var choice = Choose(cluster, request);
        if (!choice.TryGetAttempt(out var attempt))
        {
            if (!choice.IsFull) throw Nobody(cluster, request);
            attempt = cluster.Limiter!.WaitAsync(request, choice, cancellationToken).AsTask().GetAwaiter().GetResult(); // whoever sends synchronously waits so
        }

        if (request is RoutedRequestMessage routed)
        {
            routed.BeginAttempt(attempt);
            return base.Send(request, cancellationToken);
        }

        using var addressed = new AddressedAttempt(request, attempt);
        return addressed.Track(base.Send(request, cancellationToken));
    }

    private async Task<HttpResponseMessage> SendAddressedAsync(HttpRequestMessage request, CountedAttempt attempt, CancellationToken cancellationToken)
    {
        using var addressed = new AddressedAttempt(request, attempt);
        return addressed.Track(await base.SendAsync(request, cancellationToken).ConfigureAwait(false));
    }

    private async Task<HttpResponseMessage> WaitAndSendAsync(Cluster cluster, Choice choice, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Note(cluster, request);
        var attempt = await cluster.Limiter!.WaitAsync(request, choice, cancellationToken).ConfigureAwait(false);
        if (request is not RoutedRequestMessage routed) return await SendAddressedAsync(request, attempt, cancellationToken).ConfigureAwait(false);
        routed.BeginAttempt(attempt);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    // While others wait for whoever is free, nobody overtakes them.
    private static Choice Choose(Cluster cluster, HttpRequestMessage request) =>
        cluster.Limiter is { IsCrowded: true } ? Choice.Full : DestinationChoice.Choose(cluster, request);

    private static NoDestinationException Nobody(Cluster cluster, HttpRequestMessage request)
    {
        Note(cluster, request);
        return new NoDestinationException(cluster.Id);
    }

    private static void Note(Cluster cluster, HttpRequestMessage request)
    {
        if (request is RoutedRequestMessage { Journal: { } journal }) journal.Describe(cluster, request);
    }

    // What could still go wrong afterwards would leave a count behind. And the attempt before this one is over: its slot may be the one that this one needs.
    private static void Prepare(HttpRequestMessage request)
    {
        if (request is RoutedRequestMessage routed) routed.EndAttempt();
        else AddressedAttempt.Check(request);
    }
}
