namespace Net2Secure.Routing.Balancing;

/// <summary>Each key to the destination that bids most for it; bids are made by hashing key and name together, and weighed.</summary>
/// <remarks>
/// Why: nothing shares keys more exactly by weight, and nothing moves fewer of them: when a destination goes, only its keys move; when it comes back or its weight changes by however little,
/// only keys to it or from it. Nothing is built and nothing kept, so that sets may change as often as they like. Its price is a look at every destination per request: for up to a hundred or so;
/// with more prefer <see cref="LoadBalancingPolicyNames.Maglev"/>.
/// Cost: one multiplication or two per destination and, with weights, a handful of logarithms; no allocation, no shared writes (one, of sets above 32, with a bound on loads).
/// Source: Thaler and Ravishankar, "Using name-based mappings to increase hit rates" (1998); weights by the logarithm method (Schindelhauer and Schomaker, 2005).
/// </remarks>
internal sealed class RendezvousPolicy(HashingSettings settings, RandomSource random) : HashPolicy(settings, random)
{
    /// <inheritdoc/>
    protected override HashTable Build(DestinationSet candidates) => new RendezvousTable(candidates, Settings.MaxLoadPercent);
}
