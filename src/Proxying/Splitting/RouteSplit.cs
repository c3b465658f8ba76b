using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying;

/// <summary>Chooses the side of a split for each request. Immutable.</summary>
internal sealed class RouteSplit
{
    private readonly RouteState[] _sides;
    private readonly int[] _weights;
    private readonly int[] _borders;
    private readonly SplitBucketReader _buckets;
    private readonly bool _fallsBack;

    /// <summary>Makes the split of a route.</summary>
    /// <param name="options">The settings, validated.</param>
    /// <param name="sides">What requests read, for each cluster in the order of the settings.</param>
    /// <param name="random">Chance, for users who are new.</param>
    public RouteSplit(SplitOptions options, RouteState[] sides, RandomSource random)
    {
        _sides = sides;
        _weights = [.. options.Clusters.Select(static c => c.Weight)];
        _borders = SplitBuckets.Borders(_weights);
        _buckets = new SplitBucketReader(options, random);
        _fallsBack = options.Fallback == SplitFallback.OtherClusters;
    }

    /// <summary>The sides, each with its share of users.</summary>
    public IEnumerable<(RouteState Side, double Share)> Sides
    {
        get
        {
            for (var i = 0; i < _sides.Length; i++) yield return (_sides[i], (_borders[i] - (i == 0 ? 0 : _borders[i - 1])) / (double)SplitBuckets.Count);
        }
    }

    /// <summary>The side of a request.</summary>
    public RouteState Choose(HttpContext context) => Choose(_buckets.Read(context));

    /// <summary>The side that a request would be sent to, if it says by itself whose it is; else the one with the most users.</summary>
    public RouteState Foretell(HttpContext context) => _buckets.TryRead(context) is { } bucket ? Choose(bucket) : _sides[_weights.IndexOf(_weights.Max())];

    /// <summary>The side of the users of a bucket.</summary>
    public RouteState Choose(int bucket)
    {
        var chosen = _sides[^1];
        for (var i = 0; i < _borders.Length; i++)
        {
            if (bucket >= _borders[i]) continue;
            chosen = _sides[i];
            break;
        }

        return !_fallsBack || IsUsable(chosen) ? chosen : ChooseAmongUsable(bucket) ?? chosen;
    }

    // The same user comes to the same side for as long as the same ones can be used.
    private RouteState? ChooseAmongUsable(int bucket)
    {
        var total = 0L;
        for (var i = 0; i < _sides.Length; i++) total += IsUsable(_sides[i]) ? _weights[i] : 0;
        var point = bucket * total;
        RouteState? chosen = null;
        for (var i = 0; i < _sides.Length; i++)
        {
            if (_weights[i] == 0 || !IsUsable(_sides[i])) continue;
            chosen = _sides[i];
            point -= _weights[i] * (long)SplitBuckets.Count;
            if (point < 0) break;
        }

        return chosen;
    }

    private static bool IsUsable(RouteState side) => side.Cluster is { Snapshot.Candidates.Count: > 0 };
}
