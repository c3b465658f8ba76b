namespace Net2Secure.Routing.Balancing;

/// <summary>What the hash policies have in common: the key, the bound on loads, requests without a key, and retries.</summary>
/// <remarks>
/// A request without a key has no home: it goes to the less busy of two, as with <see cref="LoadBalancingPolicyNames.PowerOfTwoChoices"/>.
/// A retry goes where the key would go if the destinations that failed were gone, without a new table.
/// </remarks>
internal abstract class HashPolicy(HashingSettings settings, RandomSource random) : ITableBuildingPolicy, ISkippingPolicy, IConfiguredPolicy
{
    /// <summary>What it works by.</summary>
    protected HashingSettings Settings { get; } = settings;

    /// <inheritdoc/>
    public bool Fits(ClusterOptions cluster) => Settings == HashingSettings.From(cluster);

    /// <inheritdoc/>
    public object BuildTable(DestinationSet candidates) => Build(candidates);

    /// <inheritdoc/>
    public Destination? Pick(in BalancingContext context)
    {
        var table = TableOf(context);
        return Settings.Key.TryHash(context.Request, out var hash) ? table.Find(hash) : PowerOfTwoChoicesPolicy.Pick(context.Candidates, table.Draw, random);
    }

    /// <inheritdoc/>
    public Destination? PickExcept(in BalancingContext context, ReadOnlySpan<Destination> excluded) => Settings.Key.TryHash(context.Request, out var hash)
        ? TableOf(context).Find(hash, excluded)
        : PowerOfTwoChoicesPolicy.PickExcept(context.Candidates, random, excluded);

    /// <summary>Computes where each key is at home.</summary>
    protected abstract HashTable Build(DestinationSet candidates);

    private HashTable TableOf(in BalancingContext context) => (HashTable)(context.Table ?? Build(context.Candidates));
}
