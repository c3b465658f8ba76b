using System.Runtime.CompilerServices;

namespace Net2Secure.Routing.Balancing;

/// <summary>Destinations have points on a ring, and a key goes to the destination of the first point from its own place on.</summary>
/// <remarks>
/// Why: the best known way to keep most keys in place when servers come and go, with the points of ketama, so that others who place them by the same names see the same ring. When a destination goes,
/// only its keys move, each to the next point; when its weight changes, points of its own come or go and nobody else's. Shares are only as even as chance makes the arcs: with 160 points a
/// destination's share strays by 8 % of itself (one over the root of the points). Where that is too much, prefer <see cref="LoadBalancingPolicyNames.Maglev"/>.
/// Cost: a hash and a look into a prepared list of starts, independent of size; no allocation, no shared writes (one, of sets above 32, with a bound on loads). Points are computed once per
/// destination; a table is put together by a radix sort of all points.
/// Source: Karger et al., "Consistent hashing and random trees" (1997); points by Jones, "libketama" (2007).
/// </remarks>
internal sealed class RingHashPolicy(HashingSettings settings, RandomSource random) : HashPolicy(settings, random)
{
    private readonly ConditionalWeakTable<Destination, uint[]> _points = [];

    /// <inheritdoc/>
    protected override HashTable Build(DestinationSet candidates)
    {
        var points = new ArraySegment<uint>[candidates.Count];
        var perWeight = Settings.PointsPerWeight;

        // The settings see to it for configured weights. Reported loads can raise weights above these; a ring is kept in bounds whatever they say.
        while (candidates.TotalWeight * perWeight > 2 * HashingSettings.MaxPoints) perWeight /= 2;
        for (var i = 0; i < points.Length; i++)
        {
            var count = Math.Max(1, (int)Math.Round(candidates.Weights[i] * perWeight));
            points[i] = PointsOf(candidates[i], count, whole: (int)Math.Min(candidates[i].Weight * perWeight, 2 * HashingSettings.MaxPoints));
        }

        return new KetamaRing(candidates, points, Settings.MaxLoadPercent);
    }

    /// <summary>
    /// The first points of a destination, as many as its weight is due. They are kept while the destination lives, all those of its configured weight: neither a change of health nor a step on its way
    /// back is a reason to compute any again.
    /// </summary>
    private ArraySegment<uint> PointsOf(Destination destination, int count, int whole)
    {
        if (!_points.TryGetValue(destination, out var points) || points.Length < count)
        {
            points = KetamaRing.PointsOf(destination.Id, Math.Max(count, whole));
            _points.AddOrUpdate(destination, points);
        }

        return new ArraySegment<uint>(points, 0, count);
    }
}
