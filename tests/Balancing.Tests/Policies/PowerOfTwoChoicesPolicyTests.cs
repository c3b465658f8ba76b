namespace Net2Secure.Routing.Balancing.Tests.Policies;

public sealed class PowerOfTwoChoicesPolicyTests : LoadBalancingPolicyContract
{
    protected override ILoadBalancingPolicy Create() => new PowerOfTwoChoicesPolicy(new SeededRandomSource(7));

    [Theory]
    [InlineData(new double[] { 1, 1, 1 })]
    [InlineData(new double[] { 1, 2, 5 })]
    public void Pick_IdleCluster_FitsTheWeights(double[] weights) =>
        ChiSquare.AssertFits(new PowerOfTwoChoicesPolicy(new SeededRandomSource(1)).Counts(TestDestinations.Weighted(weights), 60_000), weights);

    [Fact]
    public void Pick_TwoDestinations_AlwaysTakesTheLessBusy()
    {
        var set = TestDestinations.Equal(2);
        set[0].Busy(1);
        Assert.Equal([0, 500], new PowerOfTwoChoicesPolicy(new SeededRandomSource(2)).Counts(set, 500));
    }

    [Fact]
    public void Pick_TwoDestinations_TakesWeightIntoAccount()
    {
        var set = TestDestinations.Weighted(4, 1);
        set[0].Busy(3);
        set[1].Busy(1);
        Assert.Equal([500, 0], new PowerOfTwoChoicesPolicy(new SeededRandomSource(2)).Counts(set, 500));
    }

    /// <summary>With loads 0, 1 and 2 the pairs {0,1}, {0,2}, {1,2} are equally likely: shares 2/3, 1/3 and none.</summary>
    [Fact]
    public void Pick_DifferentLoads_FitsTheTheoryOfPairs()
    {
        var set = TestDestinations.Equal(3);
        set[1].Busy(1);
        set[2].Busy(2);
        var counts = new PowerOfTwoChoicesPolicy(new SeededRandomSource(4)).Counts(set, 60_000);
        Assert.Equal(0, counts[2]);
        ChiSquare.AssertFits(counts[..2], 2, 1);
    }

    [Fact]
    public void Pick_AsManyRequestsAsServers_FillsFarMoreEvenlyThanChance()
    {
        Assert.InRange(Fullest(new PowerOfTwoChoicesPolicy(new SeededRandomSource(6)), 1000), 2, 4);
        Assert.InRange(Fullest(new RandomPolicy(new SeededRandomSource(6)), 1000), 5, 9);
    }

    private static int Fullest(ILoadBalancingPolicy policy, int servers)
    {
        var set = TestDestinations.Equal(servers);
        var context = TestDestinations.ContextFor(policy, set);
        for (var i = 0; i < servers; i++) policy.Pick(context)!.BeginAttempt();
        return set.Max(d => d.ConcurrentRequests);
    }
}
