namespace Net2Secure.Routing.Balancing.Tests.Hashing;

public sealed class RingHashPolicyTests : HashPolicyContract
{
    // One over the root of 160 points is 8 %; three times as much is left to chance, more for the one of weight 0.1 with 16 points.
    protected override double KeyShareTolerance => 0.4;

    protected override double NeedlesslyMoved => 0;

    protected override ILoadBalancingPolicy Create(ClusterOptions cluster) => new RingHashPolicy(HashingSettings.From(cluster), new SeededRandomSource(7));

    /// <summary>
    /// From a Python script of the published rule: MD5 of "name-0", "name-1" and so on, four points from each digest, every one of four bytes with the last one first.
    /// </summary>
    [Theory]
    [InlineData("10.0.1.1:11211", new[] { 0x90ed8713u, 0xf5ce3b03u, 0x060386a6u, 0xa22b367du, 0xac2f66bbu, 0xd7e2cd0bu }, 0x1e261bbau, 0x200d6063u)]
    [InlineData("a", new[] { 0xd1ef65a1u, 0xa17be196u, 0xc54dad95u, 0x9ab32800u, 0x1a197c73u, 0x0b4552edu }, 0x851c1748u, 0xd03642aau)]
    [InlineData("b", new[] { 0x6f5ff234u, 0x4a0e6e59u, 0xe0361147u, 0x3b092607u, 0xb20dd1b1u, 0x832f6c01u }, 0x3e35b091u, 0x21789521u)]
    public void PointsOf_KnownName_AreThoseOfKetama(string name, uint[] first, uint last, uint sum)
    {
        var points = KetamaRing.PointsOf(name, 160);
        Assert.Equal(first, points[..6]);
        Assert.Equal(last, points[159]);
        Assert.Equal(sum, points.Aggregate(0u, (a, b) => unchecked(a + b)));
        Assert.Equal(points[..17], KetamaRing.PointsOf(name, 17));
    }

    /// <summary>From the same script: the sorted points of eight names, searched for the first that is not before the upper half of XXH64(key).</summary>
    [Fact]
    public void Pick_KnownNamesAndKeys_GivesTheKnownPlaces()
    {
        var set = new DestinationSet([.. Enumerable.Range(1, 8).Select(i => KeyValuePair.Create(TestDestinations.Named($"10.0.1.{i}:11211"), 1.0))]);
        Assert.Equal([7, 8, 7, 5, 3, 2, 8, 8, 1, 6, 8, 6], Homes(Create(), set)[..12].Select(i => i + 1));
    }

    [Fact]
    public void Pick_EightNamesOnTheRing_SharesKeysAsTheirArcsDo()
    {
        double[] arcs = [0.119646, 0.115966, 0.127579, 0.113942, 0.116932, 0.120695, 0.150858, 0.134383];
        var counts = new int[8];
        var set = new DestinationSet([.. Enumerable.Range(1, 8).Select(i => KeyValuePair.Create(TestDestinations.Named($"10.0.1.{i}:11211"), 1.0))]);
        foreach (var home in Homes(Create(), set)) counts[home]++;
        ChiSquare.AssertFits(counts, arcs);
    }

    [Fact]
    public void Pick_MorePointsPerWeight_SharesMoreEvenly()
    {
        Assert.InRange(Spread(160), 0.03, 0.2);
        Assert.InRange(Spread(4000), 0, 0.05);

        double Spread(int points)
        {
            var homes = Homes(Create(new ClusterOptions { Hashing = new() { PointsPerWeight = points } }), TestDestinations.Equal(10));
            var counts = homes.CountBy(h => h).Select(c => c.Value / (Keys / 10.0)).ToList();
            return Math.Sqrt(counts.Average(c => (c - 1) * (c - 1)));
        }
    }

    [Fact]
    public void Pick_PlacesAtTheEndsOfTheRing_GoToTheFirstPointFromThere()
    {
        var ring = new KetamaRing(TestDestinations.Equal(3), [Points(5u << 20, 1u << 31), Points((1u << 31) + 1), Points(0xFFFF_0000u)], maxLoadPercent: null);
        Assert.Equal("a", At(0));
        Assert.Equal("a", At(5u << 20));
        Assert.Equal("a", At((5u << 20) + 1));
        Assert.Equal("a", At(1u << 31));
        Assert.Equal("b", At((1u << 31) + 1));
        Assert.Equal("c", At((1u << 31) + 2));
        Assert.Equal("c", At(0xFFFF_0000u));
        Assert.Equal("a", At(0xFFFF_0001u));
        Assert.Equal("a", At(uint.MaxValue));

        string At(uint place) => ring.Find((ulong)place << 32)!.Id;

        static ArraySegment<uint> Points(params uint[] points) => points;
    }

    [Theory]
    [InlineData(100, 160.0)]
    [InlineData(6553, 160.0)]
    [InlineData(6554, 80.0)]
    [InlineData(65_535, 10.0)]
    public void Settings_GreatTotalWeights_HalveThePointsToStayInBounds(int weight, double points)
    {
        var cluster = new ClusterOptions();
        cluster.Destinations["a"] = new() { Weight = weight };
        Assert.Equal(points, HashingSettings.From(cluster).PointsPerWeight);
    }
}
