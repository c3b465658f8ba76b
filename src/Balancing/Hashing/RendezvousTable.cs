namespace Net2Secure.Routing.Balancing;

/// <summary>The names of the destinations as numbers, ready to bid for keys.</summary>
internal sealed class RendezvousTable : HashTable
{
    private const double Ln2 = 0.693147180559945309417;

    private readonly ulong[] _names;

    public RendezvousTable(DestinationSet set, int? maxLoadPercent)
        : base(set, maxLoadPercent)
    {
        _names = new ulong[set.Count];
        for (var i = 0; i < _names.Length; i++) _names[i] = XxHash64.Of(set[i].Id);
    }

    /// <inheritdoc/>
    protected override int Home(ulong hash) => FindIn(hash, new Admission(Set, [], double.PositiveInfinity));

    /// <inheritdoc/>
    protected override int Find(ulong hash, in Admission admission)
    {
        var found = FindIn(hash, admission);
        return found >= 0 ? found : FindIn(hash, admission.WithoutBound());
    }

    private int FindIn(ulong hash, in Admission admission) => Set.HasEqualWeights ? Highest(hash, admission) : Cheapest(hash, admission);

    private int Highest(ulong hash, in Admission admission)
    {
        var (best, highest) = (-1, 0UL);
        for (var i = 0; i < _names.Length; i++)
        {
            var bid = XxHash64.Mix(hash ^ _names[i]);
            if ((bid > highest || best < 0) && admission.Admits(i)) (best, highest) = (i, bid);
        }

        return best;
    }

    /// <summary>The least -ln(u) ÷ weight, where u is the bid as a number between 0 and 1: the first of exponential clocks that run as fast as their weights.</summary>
    private int Cheapest(ulong hash, in Admission admission)
    {
        var weights = Set.Weights;
        var (best, least) = (-1, double.PositiveInfinity);
        for (var i = 0; i < _names.Length; i++)
        {
            var bid = ((XxHash64.Mix(hash ^ _names[i]) >> 11) + 0.5) * (1.0 / (1UL << 53));

            // -ln(u) is never below 1 - u: most are out of the race before a logarithm is taken.
            if (1 - bid >= least * weights[i]) continue;
            var cost = MinusLog(bid) / weights[i];
            if (cost < least && admission.Admits(i)) (best, least) = (i, cost);
        }

        return best;
    }

    /// <summary>The natural logarithm, negated, of a number above 0 and below 1, to some 12 digits.</summary>
    /// <remarks>
    /// Math.Log may differ in the last bit from one system's library to the next, and two proxies have to agree. This takes basic operations only, which are the same everywhere:
    /// ln(2^e m) = e ln 2 + 2 artanh((m - 1) ÷ (m + 1)).
    /// </remarks>
    internal static double MinusLog(double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }

        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var series = 1 + (square * ((1.0 / 3) + (square * ((1.0 / 5) + (square * ((1.0 / 7) + (square * ((1.0 / 9) + (square * ((1.0 / 11) + (square * (1.0 / 13))))))))))));
        return -((exponent * Ln2) + (2 * s * series));
    }
}
