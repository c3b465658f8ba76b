using System.Buffers;

namespace Net2Secure.Routing.Balancing;

/// <summary>Picks a destination for each request that passes, addresses the request to it and counts it in flight there.</summary>
/// <remarks>
/// Stands inside whatever tries again (retries, hedging), so that each attempt picks anew, and outside whatever looks at the attempt.
/// A <see cref="RoutedRequestMessage"/> carries its own count and is ended by its sender, so nothing is awaited here. Any other request gets its
/// own <see cref="HttpRequestMessage.RequestUri"/> back when the attempt is answered, so that it can be sent again.
/// </remarks>
internal sealed class BalancingHandler(ClusterReference reference) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Destination? destination;
        try
        {
            destination = Choose(reference.Get(), request);
        }
        catch (Exception e) // an async method never throws before it returns its task; a user's policy may
        {
            return Task.FromException<HttpResponseMessage>(e);
        }

        if (destination is null) return Task.FromException<HttpResponseMessage>(new NoDestinationException(reference.ClusterId));
        if (request is not RoutedRequestMessage routed) return SendAddressedAsync(request, destination, cancellationToken);
        routed.BeginAttempt(destination);
        return base.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var destination = Choose(reference.Get(), request) ?? throw new NoDestinationException(reference.ClusterId);
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

    private static Destination? Choose(Cluster cluster, HttpRequestMessage request)
    {
        var snapshot = cluster.Snapshot;
        var routing = RequestRouting.Of(request);
        var gates = cluster.Gates;
        var excluded = routing is null ? default : routing.Excluded;
        if (routing?.Pinned is { } pinned)
        {
            if (!excluded.Holds(pinned) && snapshot.Keeps(pinned, request) && Admits(gates, pinned, request)) return pinned;
            if (routing.PinnedOnly) return null;
        }

        var picked = snapshot.Pick(request, excluded);
        return picked is null || Admits(gates, picked, request) ? picked : ChooseAmongOthers(snapshot, gates, request, excluded, picked);
    }

    // Rare: somebody is full, or not to be asked just now. Each round leaves one more out, so it ends.
    private static Destination? ChooseAmongOthers(
        ClusterSnapshot snapshot, IAttemptGate[] gates, HttpRequestMessage request, ReadOnlySpan<Destination> excluded, Destination refused)
    {
        var without = ArrayPool<Destination>.Shared.Rent(excluded.Length + snapshot.Destinations.Count);
        try
        {
            excluded.CopyTo(without);
            var count = excluded.Length;
            for (Destination? picked = refused; picked is not null; picked = snapshot.Pick(request, without.AsSpan(0, count)))
            {
                if (count > excluded.Length && Admits(gates, picked, request)) return picked;
                if (count == without.Length) break; // a policy that picks what it must not
                without[count++] = picked;
            }

            return null;
        }
        finally
        {
            ArrayPool<Destination>.Shared.Return(without, clearArray: true);
        }
    }

    private static bool Admits(IAttemptGate[] gates, Destination destination, HttpRequestMessage request)
    {
        foreach (var gate in gates)
        {
            if (!gate.Admits(destination, request)) return false;
        }

        return true;
    }
}
