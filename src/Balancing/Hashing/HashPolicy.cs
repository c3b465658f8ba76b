namespace Net2Secure.Routing.Balancing.Hashing;

/// <summary>What the hash policies have in common: the key, the bound on loads, requests without a key, and retries.</summary>
/// <remarks>
/// A request without a key has no home: it goes to the less busy of two, as with <see cref="LoadBalancingPolicyNames.PowerOfTwoChoices"/>.
/// A retry goes where the key would go if the destinations that failed were gone, without a new table.
/// </remarks>
internal abstract class HashPolicy(HashingSettings settings, RandomSource random) : ITableBuildingPolicy, IRetryAwarePolicy, IConfiguredPolicy
{
    /// <summary>What it works by.</summary>
    protected HashingSettings Settings { get; } = settings;

    /// <inheritdoc/>
    public bool Fits(ClusterOptions cluster) => Settings == HashingSettings.From(cluster);

    /// <inheritdoc/>
    public object BuildTable(DestinationSet candidates) => Build(candidates);

    /// <inheritdoc/>
    public object TableForRetry(DestinationSet candidates, object? table, DestinationSet left)
    {
        var isLeft = new bool[candidates.Count];
        var next = 0;
        for (var i = 0; i < isLeft.Length && next < left.Count; i++)
        {
            if (!ReferenceEquals(candidates[i], left[next])) continue;
            isLeft[i] = true;
            next++;
        }

        return new RetryTable((HashTable)(table ?? BuildTable(candidates)), isLeft, new WeightedDraw(left));
    }

    /// <inheritdoc/>
    public Destination? Pick(in BalancingContext context)
    {
        var retry = context.Table as RetryTable;
        var table = retry?.Whole ?? (HashTable)(context.Table ?? BuildTable(context.Candidates));
        return Settings.Key.TryHash(context.Request, out var hash)
            ? table.Find(hash, retry?.IsLeft)
            : PowerOfTwoChoicesPolicy.Pick(context.Candidates, retry?.Draw ?? table.Draw, random);
    }

    /// <summary>Computes where each key is at home.</summary>
    protected abstract HashTable Build(DestinationSet candidates);

    /// <summary>The table of all candidates for an attempt that may go to some of them.</summary>
    private sealed record RetryTable(HashTable Whole, bool[] IsLeft, WeightedDraw Draw);
}
