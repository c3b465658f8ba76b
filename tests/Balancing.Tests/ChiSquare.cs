namespace Net2Secure.Routing.Balancing.Tests;

/// <summary>Pearson's test of counts against expected shares.</summary>
internal static class ChiSquare
{
    /// <summary>Asserts that counts could have come from these shares. With a fixed seed this passes or fails always alike; the bound is the 99.9 % quantile.</summary>
    public static void AssertFits(int[] counts, params double[] shares)
    {
        var (total, whole) = (counts.Sum(), shares.Sum());
        var statistic = counts.Zip(shares, (count, share) => Math.Pow(count - (total * share / whole), 2) / (total * share / whole)).Sum();
        Assert.True(statistic < Quantile999(counts.Length - 1), $"chi-square {statistic:0.0} of {string.Join(", ", counts)} for {string.Join(":", shares)}");
    }

    // Wilson and Hilferty's approximation, good to a percent from one degree of freedom on at this end.
    private static double Quantile999(int degrees)
    {
        var spread = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - spread + (3.0902 * Math.Sqrt(spread)), 3);
    }
}
