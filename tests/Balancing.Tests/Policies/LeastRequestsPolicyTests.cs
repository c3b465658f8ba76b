namespace Net2Secure.Routing.Balancing.Tests.Policies;

public sealed class LeastRequestsPolicyTests : LoadBalancingPolicyContract
{
    protected override double ShareTolerance => 0.001;

    protected override ILoadBalancingPolicy Create() => new LeastRequestsPolicy();

    [Fact]
    public void Pick_OneIsLeastBusy_TakesIt()
    {
        var set = TestDestinations.Equal(4);
        set[0].Busy(3);
        set[1].Busy(2);
        set[2].Busy(1);
        set[3].Busy(2);
        Assert.Equal("ccccc", new LeastRequestsPolicy().Picks(set, 5));
    }

    [Fact]
    public void Pick_AllIdle_TakesTurns() => Assert.Equal("abcabc", new LeastRequestsPolicy().Picks(TestDestinations.Equal(3), 6));

    [Fact]
    public void Pick_SomeIdle_TakesTurnsAmongThem()
    {
        var set = TestDestinations.Equal(5);
        set[0].Busy(1);
        set[3].Busy(1);
        Assert.Equal("bcebce", new LeastRequestsPolicy().Picks(set, 6));
    }

    [Fact]
    public void Pick_BusyByWeight_ComparesRequestsPerWeight()
    {
        var set = TestDestinations.Weighted(10, 1);
        set[0].Busy(9);
        set[1].Busy(1);
        Assert.Equal("a", new LeastRequestsPolicy().Picks(set, 1));
    }

    [Fact]
    public void Pick_IdleWithWeights_KeepsCloseToTheSharesFromTheStart()
    {
        var counts = new LeastRequestsPolicy().Counts(TestDestinations.Weighted(3, 1), 40);
        Assert.InRange(counts[0], 29, 31);
    }

    [Fact]
    public void Pick_RequestsThatStay_FillsInProportionToWeight()
    {
        var set = TestDestinations.Weighted(5, 3, 2);
        var policy = new LeastRequestsPolicy();
        var context = TestDestinations.ContextFor(policy, set);
        for (var i = 0; i < 100; i++) policy.Pick(context)!.BeginAttempt();
        Assert.Equal([50, 30, 20], set.Select(d => d.ConcurrentRequests));
    }
}
