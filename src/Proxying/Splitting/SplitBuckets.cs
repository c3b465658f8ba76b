namespace Net2Secure.Routing.Proxying;

/// <summary>Puts users into buckets, and lays the sides of a split over them.</summary>
/// <remarks>
/// Ten thousand buckets, so that a hundredth of a percent can be told, and so that the number of a bucket says next to nothing about a user. The sides lie one after the other in the
/// order of the configuration: a border that moves takes along only those between its old place and its new one. With two sides that is the least that a change of weights can do. The
/// hash is FNV-1a of 64 bits with the finish of MurmurHash3, which spreads short keys evenly; whoever can choose his key can choose his side, which is harmless.
/// </remarks>
internal static class SplitBuckets
{
    public const int Count = 10_000;

    private const ulong Offset = 14_695_981_039_346_656_037;
    private const ulong Prime = 1_099_511_628_211;

    /// <summary>The first bucket behind each side.</summary>
    public static int[] Borders(IReadOnlyList<int> weights)
    {
        var total = weights.Sum(static w => (long)w);
        var borders = new int[weights.Count];
        var sum = 0L;
        for (var i = 0; i < borders.Length; i++)
        {
            sum += weights[i];
            borders[i] = total == 0 ? 0 : (int)(((sum * Count) + (total / 2)) / total);
        }

        return borders;
    }

    public static int Of(ReadOnlySpan<char> key)
    {
        var hash = Offset;
        foreach (var letter in key) hash = (hash ^ letter) * Prime;
        return Of(hash);
    }

    public static int Of(ReadOnlySpan<byte> key)
    {
        var hash = Offset;
        foreach (var octet in key) hash = (hash ^ octet) * Prime;
        return Of(hash);
    }

    private static int Of(ulong hash)
    {
        hash ^= hash >> 33;
        hash *= 0xFF51_AFD7_ED55_8CCD;
        hash ^= hash >> 33;
        hash *= 0xC4CE_B9FE_1A85_EC53;
        hash ^= hash >> 33;
        return (int)(hash % Count);
    }
}
