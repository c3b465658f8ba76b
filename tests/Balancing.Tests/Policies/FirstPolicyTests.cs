namespace Net2Secure.Routing.Balancing.Tests.Policies;

public sealed class FirstPolicyTests : LoadBalancingPolicyContract
{
    protected override double ShareTolerance => 0;

    protected override ILoadBalancingPolicy Create() => new FirstPolicy();

    protected override IEnumerable<double> DueShares(int[] weights) => weights.Select((_, i) => i == 0 ? 1.0 : 0.0);

    [Fact]
    public void Pick_NamesInAnyOrder_TakesTheFirstOfTheConfiguration()
    {
        var set = new DestinationSet([.. new[] { "main", "a", "b" }.Select(n => KeyValuePair.Create(TestDestinations.Named(n), 1.0))]);
        Assert.Equal("mainmain", new FirstPolicy().Picks(set, 2));
    }

    [Fact]
    public void PickExcept_FirstHasFailed_TakesTheNext()
    {
        var set = TestDestinations.Equal(3);
        Assert.Equal("b", new FirstPolicy().PickExcept(TestDestinations.ContextFor(new FirstPolicy(), set), [set[0]])!.Id);
    }
}
