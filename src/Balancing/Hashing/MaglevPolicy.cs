namespace Net2Secure.Routing.Balancing;

/// <summary>A table of prime size, each place of which belongs to a destination; a key goes to the owner of its place.</summary>
/// <remarks>
/// Why: the quickest pick of all hashes, the same for three destinations and for a thousand, and shares that are exact to a few places of the table. When a destination goes or its weight changes, nearly
/// only its own keys move: a few percent of the others do as well (docs/hashing.md has figures), because places are claimed in turns and a claim more or less displaces others. Where not one
/// key more may move than must, prefer <see cref="LoadBalancingPolicyNames.Rendezvous"/> or <see cref="LoadBalancingPolicyNames.RingHash"/>.
/// Cost: a hash, a multiplication and an array read; no allocation, no shared writes (one, of sets above 32, with a bound on loads). A table is built in some milliseconds, nearly whatever the number
/// of destinations.
/// Source: Eisenbud et al., "Maglev: a fast and reliable software network load balancer" (2016), §3.4.
/// </remarks>
internal sealed class MaglevPolicy(HashingSettings settings, RandomSource random) : HashPolicy(settings, random)
{
    /// <inheritdoc/>
    protected override HashTable Build(DestinationSet candidates) => new MaglevTable(candidates, Settings.TableSize, Settings.MaxLoadPercent);
}
