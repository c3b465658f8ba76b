namespace Net2Secure.Routing.Balancing;

/// <summary>Draws destinations by chance, in proportion to their weights. Immutable.</summary>
/// <remarks>
/// Running totals and a binary search: log2(n) steps, 10 for a thousand destinations. An alias table would draw in constant time, but could not leave
/// one destination out of a second draw, which <see cref="PowerOfTwoChoicesPolicy"/> needs. With equal weights one random number is all.
/// </remarks>
internal sealed class WeightedDraw
{
    private readonly int _count;
    private readonly double[]? _upTo;

    public WeightedDraw(DestinationSet set)
    {
        _count = set.Count;
        if (set.HasEqualWeights) return;
        _upTo = new double[_count];
        var total = 0.0;
        for (var i = 0; i < _count; i++) _upTo[i] = total += set.Weights[i];
    }

    /// <summary>The index of one destination.</summary>
    public int Draw(RandomSource random) =>
        _upTo is null ? random.Next(_count) : Find(_upTo, random.NextDouble() * _upTo[^1]);

    /// <summary>The index of one destination that is not <paramref name="other"/>. There have to be two.</summary>
    public int DrawAnother(RandomSource random, int other)
    {
        if (_upTo is null)
        {
            var drawn = random.Next(_count - 1);
            return drawn < other ? drawn : drawn + 1;
        }

        // The stretch of the other one is cut out of the line before drawing, instead of drawing until another comes: one draw, however heavy the other one is.
        var start = other == 0 ? 0 : _upTo[other - 1];
        var length = _upTo[other] - start;
        var point = random.NextDouble() * (_upTo[^1] - length);
        var found = Find(_upTo, point < start ? point : point + length);
        if (found != other) return found;
        return other + 1 < _count ? other + 1 : other - 1; // the sum was rounded onto the cut itself
    }

    /// <summary>The first index whose running total lies above the point.</summary>
    private static int Find(double[] upTo, double point)
    {
        var (low, high) = (0, upTo.Length - 1);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (upTo[middle] > point) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
