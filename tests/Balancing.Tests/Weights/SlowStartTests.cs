using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Weights;

public sealed class SlowStartTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(100);

    [Theory]
    [InlineData(0, 100, 0.1)]
    [InlineData(5, 100, 0.1)]
    [InlineData(25, 100, 0.25)]
    [InlineData(99, 100, 0.99)]
    [InlineData(100, 100, 1)]
    [InlineData(1000, 100, 1)]
    [InlineData(25, 200, 0.5)]
    [InlineData(25, 50, 0.1)]
    [InlineData(50, 50, 0.25)]
    public void At_FollowsTheCurveFromTheFloor(int seconds, int aggression, double share) =>
        Assert.Equal(share, SlowStart.At(TimeSpan.FromSeconds(seconds), new() { Window = Window, AggressionPercent = aggression }), 1e-9);

    [Fact]
    public void Cluster_AtItsStart_IsNotSlowedDown()
    {
        using var live = new LiveCluster(Two);
        Assert.Equal("a=1 b=4", live.Weights);
        live.Say("a", DestinationHealth.Healthy);
        Assert.Equal("a=1 b=4", live.Weights);
    }

    [Fact]
    public void Destination_ThatComesBack_GrowsFromTheFloorToItsWeightAndOthersStay()
    {
        using var live = new LiveCluster(Three);
        live.Say("b", DestinationHealth.Unhealthy);
        Assert.Equal("a=4 b=0 c=4", live.Weights);
        live.Say("b", DestinationHealth.Healthy);
        Assert.Equal("a=4 b=0.4 c=4", live.Weights);
        live.Time.Advance(Window / 4);
        Assert.Equal("a=4 b=1 c=4", live.Weights);
        live.Time.Advance(Window / 2);
        Assert.Equal("a=4 b=3 c=4", live.Weights);
        live.Time.Advance(Window / 4);
        Assert.Equal("a=4 b=4 c=4", live.Weights);
    }

    [Fact]
    public void Destination_ThatComesBack_IsNeverSeenAtFullWeight()
    {
        var seen = new List<double>();
        using var live = new LiveCluster(Three, s => s.AddSingleton<IClusterFeatureFactory>(new Watcher(c =>
        {
            var index = c.Snapshot.Candidates.Destinations.IndexOf(c.Snapshot.Destinations[1]);
            if (index >= 0) seen.Add(c.Snapshot.Candidates.Weights[index]);
        })));
        seen.Clear();
        live.Say("b", DestinationHealth.Unhealthy);
        live.Say("b", DestinationHealth.Healthy);
        Assert.NotEmpty(seen);
        Assert.All(seen, w => Assert.Equal(0.4, w, 1e-9));
    }

    [Fact]
    public void Steps_OfSeveral_AreTakenTogetherAndBounded()
    {
        var changes = 0;
        using var live = new LiveCluster(Three, s => s.AddSingleton<IClusterFeatureFactory>(new Watcher(_ => changes++)));
        foreach (var health in (DestinationHealth[])[DestinationHealth.Unhealthy, DestinationHealth.Healthy])
        {
            live.Say("a", health);
            live.Say("c", health);
        }

        changes = 0;
        live.Time.Advance(Window * 3);
        Assert.InRange(changes, SlowStart.Steps - 2, SlowStart.Steps + 1);
        Assert.Equal("a=4 b=4 c=4", live.Weights);
    }

    [Fact]
    public void Destination_AddedToARunningCluster_BeginsAtTheFloor()
    {
        using var live = new LiveCluster(Two);
        var first = live.Cluster.Snapshot;
        live.Reload(o =>
        {
            Two(o);
            Add(o, "new", 10);
        });
        Assert.Equal("a=1 b=4 new=1", live.Weights);
        live.Time.Advance(Window / 2);
        Assert.Equal("a=1 b=4 new=5", live.Weights);
        live.Time.Advance(Window / 2);
        Assert.Equal("a=1 b=4 new=10", live.Weights);
        Assert.NotSame(first, live.Cluster.Snapshot);
    }

    [Fact]
    public void Destination_GivenAWeightAgain_BeginsAtTheFloor()
    {
        using var live = new LiveCluster(o =>
        {
            Two(o);
            o.Destinations["b"].Weight = 0;
        });
        live.Reload(Two);
        Assert.Equal("a=1 b=0.4", live.Weights);
    }

    [Theory]
    [InlineData(DestinationOverride.Draining)]
    [InlineData(DestinationOverride.Unhealthy)]
    public void Destination_TakenOutByAnOperator_BeginsAtTheFloorAfterwards(DestinationOverride order)
    {
        using var live = new LiveCluster(Two);
        live.Say("b", order);
        Assert.Equal("a=1 b=0", live.Weights);
        live.Say("b", DestinationOverride.None);
        Assert.Equal("a=1 b=0.4", live.Weights);
        live.Time.Advance(Window);
        Assert.Equal("a=1 b=4", live.Weights);
    }

    [Fact]
    public void Destination_ThatGoesOutOnItsWay_BeginsAnew()
    {
        using var live = new LiveCluster(Three);
        live.Say("b", DestinationHealth.Unhealthy);
        live.Say("b", DestinationHealth.Healthy);
        live.Time.Advance(Window / 2);
        live.Say("b", DestinationHealth.Unhealthy);
        live.Time.Advance(Window);
        live.Say("b", DestinationHealth.Healthy);
        Assert.Equal("a=4 b=0.4 c=4", live.Weights);
    }

    [Fact]
    public void Reload_OnTheWay_GoesOnWhereItWas()
    {
        using var live = new LiveCluster(Three);
        live.Say("b", DestinationHealth.Unhealthy);
        live.Say("b", DestinationHealth.Healthy);
        live.Time.Advance(Window / 2);
        live.Reload(Three);
        Assert.Equal("a=4 b=2 c=4", live.Weights);
        live.Time.Advance(Window / 4);
        Assert.Equal("a=4 b=3 c=4", live.Weights);
    }

    [Fact]
    public void Reload_WithoutSlowStart_GivesFullWeightAtOnce()
    {
        using var live = new LiveCluster(Three);
        live.Say("b", DestinationHealth.Unhealthy);
        live.Say("b", DestinationHealth.Healthy);
        live.Reload(o =>
        {
            Three(o);
            o.SlowStart = null;
        });
        Assert.Equal("a=4 b=4 c=4", live.Weights);
        live.Say("b", DestinationHealth.Unhealthy);
        live.Say("b", DestinationHealth.Healthy);
        Assert.Equal("a=4 b=4 c=4", live.Weights);
    }

    [Fact]
    public void Panic_WithDestinationsOnTheirWay_SparesNobody()
    {
        using var live = new LiveCluster(Three);
        live.Say("a", DestinationHealth.Unhealthy);
        live.Say("b", DestinationHealth.Unhealthy);
        Assert.True(live.Cluster.Snapshot.IsPanic);
        Assert.Equal("a=4 b=4 c=4", live.Weights);
    }

    [Fact]
    public void Registry_Ends_StopsTheSteps()
    {
        var live = new LiveCluster(Three);
        live.Say("b", DestinationHealth.Unhealthy);
        live.Say("b", DestinationHealth.Healthy);
        live.Dispose();
        live.Time.Advance(Window);
        Assert.Equal("a=4 b=0.4 c=4", live.Weights);
    }

    private static void Two(ClusterOptions options)
    {
        options.SlowStart = new() { Window = Window };
        Add(options, "a", 1);
        Add(options, "b", 4);
    }

    private static void Three(ClusterOptions options)
    {
        options.SlowStart = new() { Window = Window };
        foreach (var name in (string[])["a", "b", "c"]) Add(options, name, 4);
    }

    private static void Add(ClusterOptions options, string name, int weight) => options.Destinations[name] = new() { Address = $"http://{name}.example/", Weight = weight };

    /// <summary>Registered before all others, so that it sees each snapshot as it is published.</summary>
    private sealed class Watcher(Action<Cluster> changed) : IClusterFeatureFactory
    {
        public IClusterFeature Create(Cluster cluster) => new Feature(cluster, changed);

        private sealed class Feature(Cluster cluster, Action<Cluster> changed) : IClusterFeature, IStatusListener
        {
            public void Configure(ClusterSnapshot snapshot) => changed(cluster);

            public void OnStatusChanged(IReadOnlyList<StatusChange> changes) => changed(cluster);

            public void Dispose()
            {
            }
        }
    }
}
