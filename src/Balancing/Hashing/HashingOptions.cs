namespace Net2Secure.Routing.Balancing;

/// <summary>What requests are hashed by, for <see cref="LoadBalancingPolicyNames.RingHash"/>, <see cref="LoadBalancingPolicyNames.Maglev"/> and <see cref="LoadBalancingPolicyNames.Rendezvous"/>.</summary>
public sealed class HashingOptions
{
    /// <summary>Where the key of a request is looked for: the first place that is there and not empty counts. Up to 8. Default: Custom, then ClientAddress.</summary>
    public IList<HashKeyOptions> Key { get; set; } = [];

    /// <summary>The most that a destination may have in flight, in percent of its share of all that is in flight; above it the key's next destination takes the request. 105 to 10,000; 125 is a good start. Default: none.</summary>
    public int? MaxLoadPercent { get; set; }

    /// <summary>Points of a destination of weight 1 on the ring of RingHash: more spread better and cost memory. 10 to 10,000. Default: 160.</summary>
    public int PointsPerWeight { get; set; } = HashingRules.DefaultPointsPerWeight;

    /// <summary>Places in the table of Maglev: a prime, best a hundred times the number of destinations or more. 101 to 1,048,573. Default: 65537.</summary>
    public int TableSize { get; set; } = HashingRules.DefaultTableSize;
}
