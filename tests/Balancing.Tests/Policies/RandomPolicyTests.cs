namespace Net2Secure.Routing.Balancing.Tests.Policies;

public sealed class RandomPolicyTests : LoadBalancingPolicyContract
{
    protected override ILoadBalancingPolicy Create() => new RandomPolicy(new SeededRandomSource(7));

    [Theory]
    [InlineData(new double[] { 1, 1 })]
    [InlineData(new double[] { 1, 1, 1, 1, 1 })]
    [InlineData(new double[] { 1, 2, 3, 4 })]
    [InlineData(new double[] { 0.5, 100, 3.25 })]
    public void Pick_ManyTimes_FitsTheWeights(double[] weights) =>
        ChiSquare.AssertFits(new RandomPolicy(new SeededRandomSource(11)).Counts(TestDestinations.Weighted(weights), 100_000), weights);

    [Fact]
    public void Pick_ProductionSource_ReachesEveryDestination() =>
        Assert.DoesNotContain(0, new RandomPolicy(SystemRandomSource.Instance).Counts(TestDestinations.Weighted(1, 2, 1), 1000));
}
