namespace Net2Secure.Routing.Balancing;

/// <summary>What a hash policy works by, out of the settings of its cluster. Immutable.</summary>
/// <param name="Key">Finds the key of a request.</param>
/// <param name="MaxLoadPercent">The bound on a destination's load, if there is one.</param>
/// <param name="PointsPerWeight">Points of weight 1 on a ring.</param>
/// <param name="TableSize">Places in the table of Maglev.</param>
internal sealed record HashingSettings(RequestKey Key, int? MaxLoadPercent, double PointsPerWeight, int TableSize)
{
    /// <summary>Most points on a ring: 8 MiB, and some 10 ms to sort.</summary>
    public const int MaxPoints = 1 << 20;

    /// <summary>Reads them from the validated settings of a cluster.</summary>
    public static HashingSettings From(ClusterOptions cluster)
    {
        var hashing = cluster.Hashing ?? new HashingOptions();
        return new(new RequestKey(hashing.Key), hashing.MaxLoadPercent, PointsFor(cluster, hashing.PointsPerWeight), hashing.TableSize);
    }

    /// <summary>Halves the number of points until those of all destinations have room on a ring.</summary>
    /// <remarks>
    /// From the configured weights of all destinations, whatever their health: so that only a change of the configuration can change the number, and nothing that happens to one destination moves
    /// the points of another. Halves, because half of the points of a destination are a part of all of them.
    /// </remarks>
    private static double PointsFor(ClusterOptions cluster, double pointsPerWeight)
    {
        var total = 0L;
        foreach (var (_, destination) in cluster.Destinations) total += destination.Weight;
        while (total * pointsPerWeight > MaxPoints) pointsPerWeight /= 2;
        return pointsPerWeight;
    }
}
