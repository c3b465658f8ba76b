using Net2Secure.Routing.Balancing.Tests.Weights;

namespace Net2Secure.Routing.Balancing.Tests.Clusters;

/// <summary>Where all that have a share of the traffic are left out, those that could be used without one are turned to.</summary>
public sealed class ReserveTests
{
    [Theory]
    [InlineData(LoadBalancingPolicyNames.RoundRobin)]
    [InlineData(LoadBalancingPolicyNames.PowerOfTwoChoices)]
    [InlineData(LoadBalancingPolicyNames.FirstAlphabetical)]
    public void Pick_AllOfTheFirstTierLeftOut_GoesOnToTheNext(string policy)
    {
        using var live = new LiveCluster(o => Tiers(o, policy));
        using var request = new RoutedRequestMessage();
        var snapshot = live.Cluster.Snapshot;
        Assert.Contains(snapshot.Pick(request)!.Id, "ab", StringComparison.Ordinal);
        Assert.Equal("b", snapshot.Pick(request, [live["a"]])?.Id);
        for (var i = 0; i < 20; i++) Assert.Contains(snapshot.Pick(request, [live["a"], live["b"]])!.Id, "cd", StringComparison.Ordinal);
        Assert.Equal("d", snapshot.Pick(request, [live["a"], live["b"], live["c"]])?.Id);
        Assert.Equal("e", snapshot.Pick(request, [live["a"], live["b"], live["c"], live["d"]])?.Id);
        Assert.Null(snapshot.Pick(request, [.. snapshot.Destinations]));
    }

    [Fact]
    public void Pick_FirstTierFails_TheNextTakesOver()
    {
        using var live = new LiveCluster(o => Tiers(o, LoadBalancingPolicyNames.RoundRobin));
        live.Say("a", DestinationHealth.Unhealthy);
        Assert.Equal(0.7, Share(live, "b"), 1e-9);
        live.Say("b", DestinationHealth.Unhealthy);
        Assert.Equal("a=0 b=0 c=1 d=1 e=0", live.Weights);
        live.Say("a", DestinationHealth.Healthy);
        live.Say("b", DestinationHealth.Healthy);
        Assert.Equal("a=1 b=1 c=0 d=0 e=0", live.Weights);
    }

    [Fact]
    public void Snapshot_ChangeInATierWithoutAShare_KeepsTheSetThatPoliciesKnow()
    {
        using var live = new LiveCluster(o => Tiers(o, LoadBalancingPolicyNames.RoundRobin));
        var before = live.Cluster.Snapshot;
        live.Say("c", DestinationHealth.Unhealthy);
        Assert.Same(before.Candidates, live.Cluster.Snapshot.Candidates);
        Assert.Same(before.Table, live.Cluster.Snapshot.Table);
        using var request = new RoutedRequestMessage();
        Assert.Equal("d", live.Cluster.Snapshot.Pick(request, [live["a"], live["b"]])?.Id);
    }

    [Fact]
    public void UseLocalZone_OfTheHost_CountsForClustersThatNameNone()
    {
        using var live = new LiveCluster(
            o =>
            {
                foreach (var (name, zone) in (IEnumerable<(string, string)>)[("a", "eu"), ("b", "eu"), ("c", "us")]) o.Destinations[name] = new() { Address = $"http://{name}.example/", Zone = zone };
            },
            s => Microsoft.Extensions.DependencyInjection.Net2BalancingBuilderExtensions.UseLocalZone(Microsoft.Extensions.DependencyInjection.BalancingServiceCollectionExtensions.AddNet2Balancing(s), "EU"));
        Assert.Equal("a=1 b=1 c=0", live.Weights);
        live.Say("a", DestinationHealth.Unhealthy);
        Assert.Equal("a=0 b=1 c=1", live.Weights);
    }

    private static double Share(LiveCluster live, string name)
    {
        var candidates = live.Cluster.Snapshot.Candidates;
        return candidates.Weights[candidates.Destinations.IndexOf(live[name])] / candidates.TotalWeight;
    }

    private static void Tiers(ClusterOptions options, string policy)
    {
        options.LoadBalancingPolicy = policy;
        foreach (var (name, priority) in (IEnumerable<(string, int)>)[("a", 0), ("b", 0), ("c", 3), ("d", 3), ("e", 7)])
            options.Destinations[name] = new() { Address = $"http://{name}.example/", Priority = priority };
    }
}
