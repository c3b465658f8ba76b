namespace Net2Secure.Routing.Balancing;

/// <summary>Writes out one period of the smooth weighted round robin of nginx: each destination as often as its weight says, as far apart as can be.</summary>
/// <remarks>
/// Source: the peer selection of nginx (2012, "Upstream: smooth weighted round-robin balancing"): in each step every destination gains its weight, the one
/// with the most is taken and pays the total. For weights 5, 1, 1 this gives a a b a c a a. The steps cost (destinations × period) once per set, instead of a lock and a
/// pass over all destinations per request.
/// </remarks>
internal static class SmoothWeightedSequence
{
    /// <summary>Longest period that is written out: 16 KiB of references.</summary>
    private const int MaxLength = 2048;

    /// <summary>Most steps spent on one set, about 100 µs: sets are also built while a retry waits.</summary>
    private const int MaxSteps = 128 * 1024;

    /// <summary>One period, or <see langword="null"/> when a weight is no whole number or the period would be too long.</summary>
    public static Destination[]? TryBuild(DestinationSet set)
    {
        if (!TryReduce(set.Weights, out var weights, out var total)) return null;
        if (total > MaxLength || total * weights.Length > MaxSteps) return null;
        var sequence = new Destination[total];
        var gained = new long[weights.Length];
        for (var i = 0; i < sequence.Length; i++)
        {
            var best = 0;
            for (var j = 0; j < gained.Length; j++)
            {
                gained[j] += weights[j];
                if (gained[j] > gained[best]) best = j;
            }

            gained[best] -= total;
            sequence[i] = set[best];
        }

        return sequence;
    }

    /// <summary>Divides whole weights by what they have in common; <see langword="false"/> when one is no whole number up to 65,535.</summary>
    public static bool TryReduce(ReadOnlySpan<double> weights, out int[] reduced, out long total)
    {
        reduced = new int[weights.Length];
        total = 0;
        var common = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > ushort.MaxValue || weights[i] != Math.Truncate(weights[i])) return false;
            reduced[i] = (int)weights[i];
            common = GreatestCommonDivisor(common, reduced[i]);
        }

        for (var i = 0; i < reduced.Length; i++)
        {
            reduced[i] /= common;
            total += reduced[i];
        }

        return true;
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
