namespace Net2Secure.Routing.Balancing;

/// <summary>A weighted turn order of any period that needs no memory beyond one number per destination.</summary>
/// <remarks>
/// Stride scheduling (Waldspurger and Weihl, 1995) in the stateless form that gRPC uses for weighted round robin (gRFC A58). A running number is split into a
/// round and a place; the destination at that place is passed over in the rounds in which its share does not reach a whole turn. Over as many rounds as the
/// greatest weight every destination has exactly as many turns as its weight, evenly spread. Whole weights up to 65,535 are honoured exactly, others to one part in 65,535 of the greatest.
/// A pick looks at (greatest weight ÷ mean weight) destinations on average, never more than there are.
/// </remarks>
internal sealed class StrideSchedule
{
    private readonly Destination[] _destinations;
    private readonly int[] _weights;
    private readonly ulong _greatest;

    public StrideSchedule(DestinationSet set)
    {
        _destinations = set.Destinations.ToArray();
        if (!SmoothWeightedSequence.TryReduce(set.Weights, out _weights, out _)) _weights = Scale(set.Weights);
        _greatest = (ulong)_weights.Max();
    }

    /// <summary>The next destination.</summary>
    /// <param name="turn">The running number, shared by all who take turns.</param>
    public Destination Next(ref long turn)
    {
        while (true)
        {
            var (round, place) = Math.DivRem((ulong)(Interlocked.Increment(ref turn) - 1), (ulong)_destinations.Length);
            var weight = (ulong)_weights[place];

            // Half a round of offset for every second place: destinations of the same weight then skip different rounds instead of all the same.
            var share = ((weight * round) + (place * (_greatest / 2))) % _greatest;
            if (share >= _greatest - weight) return _destinations[place];
        }
    }

    private static int[] Scale(ReadOnlySpan<double> weights)
    {
        var greatest = 0.0;
        foreach (var weight in weights) greatest = Math.Max(greatest, weight);
        var scaled = new int[weights.Length];
        for (var i = 0; i < scaled.Length; i++) scaled[i] = Math.Max(1, (int)Math.Round(weights[i] / greatest * ushort.MaxValue));
        return scaled;
    }
}
