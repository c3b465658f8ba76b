using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Clusters;

public sealed class ClusterTests
{
    [Fact]
    public void Update_Unhealthy_LeavesTheDestinationOutOfTheNextSnapshot()
    {
        var cluster = Create(new Feature(), "a", "b", "c");
        var before = cluster.Snapshot;
        Assert.True(cluster.Update(before.Destinations[1], "probe failed", s => s with { Active = DestinationHealth.Unhealthy }));
        Assert.Equal(["a", "c"], cluster.Snapshot.Candidates.Select(d => d.Id));
        Assert.Equal(["a", "b", "c"], before.Candidates.Select(d => d.Id));
    }

    [Fact]
    public void Update_NothingChanges_TellsNobody()
    {
        var feature = new Feature();
        var cluster = Create(feature, "a", "b");
        var before = cluster.Snapshot;
        Assert.False(cluster.Update(before.Destinations[0], "nothing", s => s with { Ramp = 1 }));
        Assert.Same(before, cluster.Snapshot);
        Assert.Empty(feature.Changes);
    }

    [Fact]
    public void Update_ChangeWithoutConsequence_KeepsTheSetThatPoliciesKnow()
    {
        var cluster = Create(new Feature(), "a", "b");
        var before = cluster.Snapshot.Candidates;
        cluster.Update(cluster.Snapshot.Destinations[0], "probe answered", s => s with { Active = DestinationHealth.Healthy });
        Assert.Same(before, cluster.Snapshot.Candidates);
    }

    [Fact]
    public void Update_Several_IsToldOnceWithReasons()
    {
        var feature = new Feature();
        var cluster = Create(feature, "a", "b", "c");
        cluster.Update(cluster.Snapshot.Destinations, (d, s) => d.Id == "b" ? s : s with { Override = DestinationOverride.Draining }, d => $"drain {d.Id}");
        var changes = Assert.Single(feature.Changes);
        Assert.Equal(["drain a", "drain c"], changes.Select(c => c.Reason));
        Assert.Equal(["b"], cluster.Snapshot.Candidates.Select(d => d.Id));
    }

    [Fact]
    public void Publish_StatusChangedMeanwhile_IsNotLost()
    {
        var cluster = Create(new Feature(), "a", "b", "c");
        var (stale, version) = (cluster.Snapshot, cluster.StatusVersion);
        cluster.Update(stale.Destinations[0], "probe failed", s => s with { Active = DestinationHealth.Unhealthy });
        cluster.Publish(stale, version);
        Assert.Equal(["b", "c"], cluster.Snapshot.Candidates.Select(d => d.Id));
    }

    [Fact]
    public void Apply_ClusterGoes_EndsItsFeatures()
    {
        var feature = new Feature();
        using var registry = Registry(feature);
        registry.Apply(this, [Options("a")]);
        Assert.Equal((1, 0), (feature.Configured, feature.Disposed));
        registry.Apply(this, [Options("a", "b")]);
        Assert.Equal((2, 0), (feature.Configured, feature.Disposed));
        registry.Apply(this, []);
        Assert.Equal((2, 1), (feature.Configured, feature.Disposed));
    }

    [Fact]
    public void Keeps_Draining_YesAndUnhealthyNo()
    {
        var cluster = Create(new Feature(), "a", "b", "c");
        var destination = cluster.Snapshot.Destinations[0];
        cluster.Update(destination, "by hand", s => s with { Override = DestinationOverride.Draining });
        Assert.True(cluster.Snapshot.Keeps(destination));
        cluster.Update(destination, "by hand", s => s with { Override = DestinationOverride.None, Active = DestinationHealth.Unhealthy });
        Assert.False(cluster.Snapshot.Keeps(destination));
        Assert.False(cluster.Snapshot.Keeps(TestDestinations.Named("stranger")));
        Assert.False(cluster.Snapshot.Keeps(new Destination(destination.ClusterId, destination.Id, destination.Address, destination.Options)));
    }

    [Fact]
    public void Observers_OnlyThoseThatListenUnderThePresentSettings()
    {
        var feature = new Feature();
        using var registry = Registry(feature);
        registry.Apply(this, [Options("a")]);
        Assert.Empty(registry.Clusters.Single().Observers);
        feature.IsListening = true;
        registry.Apply(this, [Options("a")]);
        Assert.Same(feature, Assert.Single(registry.Clusters.Single().Observers));
    }

    private static ClusterRegistry Registry(Feature feature)
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing();
        return new ClusterRegistry(services.BuildServiceProvider().GetRequiredService<LoadBalancingPolicyCatalog>(), [feature]);
    }

    private static Cluster Create(Feature feature, params string[] names)
    {
        var registry = Registry(feature);
        registry.Apply(feature, [Options(names)]);
        return registry.Clusters.Single();
    }

    private static ClusterOptions Options(params string[] names) => new()
    {
        ClusterId = "shop",
        Destinations = names.ToDictionary(n => n, n => new DestinationOptions { Address = $"http://{n}.example/" }),
    };

    private sealed class Feature : IClusterFeatureFactory, IClusterFeature, IStatusListener, IAttemptObserver
    {
        public bool IsListening { get; set; }

        public List<IReadOnlyList<StatusChange>> Changes { get; } = [];

        public int Configured { get; private set; }

        public int Disposed { get; private set; }

        public IClusterFeature Create(Cluster cluster) => this;

        public void Configure(ClusterSnapshot snapshot) => Configured++;

        public void OnStatusChanged(IReadOnlyList<StatusChange> changes) => Changes.Add(changes);

        public void OnStarted(Destination destination, HttpRequestMessage request)
        {
        }

        public void OnEnded(in AttemptOutcome outcome)
        {
        }

        public void Dispose() => Disposed++;
    }
}
