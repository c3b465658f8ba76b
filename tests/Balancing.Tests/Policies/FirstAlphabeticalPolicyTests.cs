namespace Net2Secure.Routing.Balancing.Tests.Policies;

public sealed class FirstAlphabeticalPolicyTests : LoadBalancingPolicyContract
{
    protected override double ShareTolerance => 0;

    protected override ILoadBalancingPolicy Create() => new FirstAlphabeticalPolicy();

    protected override IEnumerable<double> DueShares(int[] weights) => weights.Select((_, i) => i == 0 ? 1.0 : 0.0);

    [Fact]
    public void Pick_NamesInAnyOrderAndCase_TakesTheFirst()
    {
        var set = new DestinationSet([.. new[] { "main-b", "Main-A", "stand-in" }.Select(n => KeyValuePair.Create(TestDestinations.Named(n), 1.0))]);
        Assert.Equal("Main-AMain-A", new FirstAlphabeticalPolicy().Picks(set, 2));
    }

    [Fact]
    public void Pick_FirstIsExcluded_TakesTheNext()
    {
        var destinations = new[] { "b", "a", "c" }.Select(n => TestDestinations.Named(n)).ToArray();
        var set = new DestinationSet([.. destinations.Select(d => KeyValuePair.Create(d, 1.0))]);
        var snapshot = new ClusterSnapshot(new ClusterOptions(), destinations, set, new FirstAlphabeticalPolicy());
        Assert.Equal("b", snapshot.Pick(new HttpRequestMessage(), [destinations[1]])!.Id);
    }
}
