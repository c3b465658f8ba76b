namespace Net2Secure.Routing.Balancing.Tests.Hashing;

public sealed class RendezvousPolicyTests : HashPolicyContract
{
    protected override double KeyShareTolerance => 0.1;

    protected override double NeedlesslyMoved => 0;

    protected override ILoadBalancingPolicy Create(ClusterOptions cluster) => new RendezvousPolicy(HashingSettings.From(cluster), new SeededRandomSource(7));

    /// <summary>From a second implementation, in Python with its own logarithm, of the rule alone: least -ln(u) ÷ weight with u = mix(XXH64(key) xor XXH64(name)) as a fraction.</summary>
    [Theory]
    [InlineData(new double[] { 1, 1, 1 }, new[] { 2, 0, 2, 2, 0, 1, 0, 2, 0, 0, 2, 1 })]
    [InlineData(new double[] { 1, 2, 5 }, new[] { 2, 2, 2, 2, 0, 1, 2, 2, 2, 2, 2, 2 })]
    public void Pick_KnownNamesAndKeys_GivesTheKnownPlaces(double[] weights, int[] expected) =>
        Assert.Equal(expected, Homes(Create(), TestDestinations.Weighted(weights))[..12]);

    [Theory]
    [InlineData(new double[] { 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData(new double[] { 1, 2, 3, 4 })]
    [InlineData(new double[] { 0.5, 0.125, 7 })]
    public void Pick_ManyKeys_FitsTheWeightsAsChanceWould(double[] weights)
    {
        var counts = new int[weights.Length];
        foreach (var home in Homes(Create(), TestDestinations.Weighted(weights))) counts[home]++;
        ChiSquare.AssertFits(counts, weights);
    }

    [Fact]
    public void MinusLog_WholeRange_AgreesWithTheMathematicalOne()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var number = i % 2 == 0 ? random.NextDouble() : Math.Pow(2, -53 * random.NextDouble());
            if (number is <= 0 or >= 1) continue;
            Assert.Equal(-Math.Log(number), RendezvousTable.MinusLog(number), 1e-11 * Math.Max(1, -Math.Log(number)));
        }
    }
}
