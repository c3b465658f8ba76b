namespace Net2Secure.Routing.Balancing.Tests.Weights;

/// <summary>The expected shares follow by hand from the rule: health of a tier = usable ÷ all × 1.4, at most 1; each tier takes what is left, up to its health.</summary>
public sealed class PriorityTiersTests
{
    [Theory]
    [InlineData("1H 1H 1H/1", new[] { 50, 50, 0.0 })] // the first suffices
    [InlineData("5H 2U 7H/1", new[] { 100, 0, 0.0 })] // 5/7 × 1.4 = 1: just so
    [InlineData("1H 1U 2H/1", new[] { 70, 0, 30.0 })] // 1/2 × 1.4 = 0.7
    [InlineData("1H 3U 1H/1 3H/1", new[] { 35, 0, 16.25, 48.75 })] // the weights of a tier keep their proportions
    [InlineData("1U 1U 1H/1", new[] { 0, 0, 100.0 })]
    [InlineData("1U 1U/3 1H/5 1H/9", new[] { 0, 0, 100, 0.0 })] // numbers may have gaps
    [InlineData("1H 3U 1H/1 3U/1 1H/2 1U/2", new[] { 35, 0, 35, 0, 30, 0.0 })] // 0.35, 0.35, and what is left of 0.7
    [InlineData("1D 1H/1", new[] { 0, 100.0 })] // a drained tier is gone
    [InlineData("1O 1H/1", new[] { 0, 100.0 })]
    [InlineData("0H 1H/1", new[] { 0, 100.0 })]
    [InlineData("1? 1H/1", new[] { 100, 0.0 })] // nothing known is no reason to leave
    public void Of_TiersThatTogetherSuffice_TakeWhatTheirHealthAllows(string destinations, double[] shares) => Assert.Equal(shares, Weighing.Shares(destinations));

    [Theory]
    [InlineData("1H 3U 1H/1 3U/1", new[] { 12.5, 37.5, 12.5, 37.5 })] // 0.35 twice, both panic: by weight
    [InlineData("1U 1U/1 2U/1", new[] { 25, 25, 50.0 })] // nobody at all: the same
    [InlineData("5H 5U 1H/1 9U/1", new[] { 83.33, 0, 1.67, 15 })] // 0.7 and 0.14: scaled to 1; the second one panics
    public void Of_TiersThatTogetherDoNotSuffice_AreScaledUpAndPanic(string destinations, double[] shares) => Assert.Equal(shares, Weighing.Shares(destinations));

    [Theory]
    [InlineData(100, new[] { 50, 0, 50.0 })]
    [InlineData(120, new[] { 60, 0, 40.0 })]
    [InlineData(200, new[] { 100, 0, 0.0 })]
    public void Of_OverprovisioningFactor_SaysHowLongATierIsTrusted(int percent, double[] shares) =>
        Assert.Equal(shares, Weighing.Shares("1H 1U 2H/1", new ClusterOptions { Priorities = new() { OverprovisioningPercent = percent } }));

    [Fact]
    public void Of_TiersThatSuffice_DoNotPanicHoweverFewAreUsable()
    {
        Assert.False(Weighing.Weigh("1H 9U 1H/1").IsPanic);
        Assert.Equal([14, 0, 86], Weighing.Shares("1H 9U 1H/1"));
    }

    [Fact]
    public void Of_PanicNeverAllowed_LeavesNobody()
    {
        var options = new ClusterOptions();
        options.SetSection(new NeverPanic());
        Assert.Equal([0, 0], Weighing.Shares("1U 1U/1", options));
        Assert.Equal([66.67, 0, 0, 33.33, 0, 0], Weighing.Shares("2H 2U 4U 1H/1 4U/1 3U/1", options));
    }

    [Fact]
    public void Of_TierComingBackSlowly_GetsItsTrafficBackGradually()
    {
        var destinations = Weighing.Parse("1H 1H 1H/1");
        for (var i = 0; i < 2; i++) destinations[i] = destinations[i] with { Status = destinations[i].Status with { Ramp = 0.5 } };
        var weights = EffectiveWeights.Of(destinations, new ClusterOptions()).Weights;
        Assert.Equal(0.3, weights[2].Value / weights.Sum(w => w.Value), 1e-9);
    }

    [Fact]
    public void Of_OneTierWithAllTraffic_KeepsTheConfiguredIntegers()
    {
        Assert.Equal([3, 5, 0], Weighing.Weigh("3H 5H 7H/1").Weights.Select(w => w.Value));
        Assert.Equal([0, 0, 7, 4], Weighing.Weigh("3U 5U 7H/1 4H/1").Weights.Select(w => w.Value));
    }

    [Fact]
    public void Of_TrafficSharedByTiers_LeavesTheWeightsOfTheFirstAsTheyAre() =>
        Assert.Equal([3, 0, 9 / 7.0], Weighing.Weigh("3H 3U 9H/1").Weights.Select(w => Math.Round(w.Value, 12)), (a, b) => Math.Abs(a - b) < 1e-9);

    [Fact]
    public void Of_TiersWithoutAShare_StandInReserveInOrder()
    {
        var reserves = Weighing.Weigh("1H 2H/4 3H/2 5U/2 9D/3").Reserves;
        Assert.Equal(["c", "b"], reserves.Select(r => Assert.Single(r).Key.Id));
        Assert.Empty(Weighing.Weigh("1H 1U").Reserves);
    }

    private sealed class NeverPanic : IAvailabilityRules
    {
        public bool UsesUnknown => true;

        public double PanicThreshold => 0;
    }
}
