using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Balancing.Tests.Clusters;

public sealed class ClusterRegistryTests : IDisposable
{
    private static readonly string[] LoadBalancingPolicyNamesKnown = ["FirstAlphabetical", "LeastRequests", "PowerOfTwoChoices", "Random", "RoundRobin"];

    private readonly ClusterRegistry _registry = new(Catalog());
    private readonly object _owner = "one.json";

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void Apply_NewCluster_IsFoundWithoutRegardToCase()
    {
        _registry.Apply(_owner, [Cluster("shop", ("a", "http://10.0.0.1:8080/base/", 3), ("b", "http://10.0.0.2/", 1))]);
        Assert.True(_registry.TryGet("SHOP", out var cluster));
        Assert.Equal("shop", cluster.Id);
        Assert.Equal(["a", "b"], cluster.Snapshot.Candidates.Select(d => d.Id));
        Assert.Equal([3, 1], cluster.Snapshot.Candidates.Weights.ToArray());
        Assert.Equal("/base", cluster.Snapshot.Destinations[0].BasePath);
        Assert.Same(cluster, Assert.Single(_registry.Clusters));
    }

    [Fact]
    public void Apply_WeightZero_IsADestinationButNoCandidate()
    {
        _registry.Apply(_owner, [Cluster("shop", ("a", "http://10.0.0.1/", 0), ("b", "http://10.0.0.2/", 1))]);
        Assert.Equal(["a", "b"], Find("shop").Snapshot.Destinations.Select(d => d.Id));
        Assert.Equal(["b"], Find("shop").Snapshot.Candidates.Select(d => d.Id));
    }

    [Fact]
    public void Apply_NoDestinations_PicksNone()
    {
        _registry.Apply(_owner, [Cluster("shop")]);
        Assert.Null(Find("shop").Snapshot.Pick(new HttpRequestMessage()));
    }

    [Fact]
    public void Apply_Again_KeepsWhatStaysAlive()
    {
        _registry.Apply(_owner, [Cluster("shop", ("a", "http://10.0.0.1/", 1), ("b", "http://10.0.0.2/", 1), ("c", "http://10.0.0.3/", 1))]);
        var (cluster, before) = (Find("shop"), Find("shop").Snapshot);
        before.Destinations[0].Busy(5);

        _registry.Apply(_owner, [Cluster("Shop", ("A", "http://10.0.0.1:80", 7), ("b", "http://10.0.0.22/", 1), ("d", "http://10.0.0.4/", 1))]);

        var after = Find("shop").Snapshot;
        Assert.Same(cluster, Find("shop"));
        Assert.NotSame(before, after);
        Assert.Same(before.Destinations[0], after.Destinations[0]);
        Assert.Equal(5, after.Destinations[0].ConcurrentRequests);
        Assert.Equal(7, after.Destinations[0].Options.Weight);
        Assert.Equal(7, after.Candidates.Weights[0]);
        Assert.NotSame(before.Destinations[1], after.Destinations[1]);
        Assert.Equal(["a", "b", "d"], after.Destinations.Select(d => d.Id));
        Assert.Equal(["a", "b", "c"], before.Candidates.Select(d => d.Id));
    }

    [Theory]
    [InlineData("RoundRobin", "roundrobin", true)]
    [InlineData(null, "PowerOfTwoChoices", true)]
    [InlineData("RoundRobin", "LeastRequests", false)]
    public void Apply_Again_KeepsThePolicyWhileItsNameStays(string? before, string? after, bool same)
    {
        _registry.Apply(_owner, [WithPolicy(before)]);
        var policy = Find("shop").Snapshot.Policy;
        _registry.Apply(_owner, [WithPolicy(after)]);
        Assert.Equal(same, ReferenceEquals(policy, Find("shop").Snapshot.Policy));
    }

    [Fact]
    public void Apply_TwoClusters_EachHasAPolicyOfItsOwn()
    {
        _registry.Apply(_owner, [WithPolicy("RoundRobin"), WithPolicy("RoundRobin", "cart")]);
        Assert.NotSame(Find("shop").Snapshot.Policy, Find("cart").Snapshot.Policy);
    }

    [Fact]
    public void Apply_WithoutAClusterThatWasThere_RemovesItAndLeavesOtherOwnersAlone()
    {
        _registry.Apply(_owner, [Cluster("shop"), Cluster("cart")]);
        _registry.Apply("two.json", [Cluster("other")]);
        _registry.Apply(_owner, [Cluster("cart")]);
        Assert.Equal(["cart", "other"], _registry.Clusters.Select(c => c.Id).Order());
        Assert.False(_registry.TryGet("shop", out _));
    }

    [Fact]
    public void Apply_NameOfAnotherOwner_IsRefusedNamingBoth()
    {
        _registry.Apply(_owner, [Cluster("shop")]);
        var error = Assert.Throws<OptionsValidationException>(() => _registry.Apply("two.json", [Cluster("SHOP")]));
        Assert.Contains("one.json", error.Message, StringComparison.Ordinal);
        Assert.Contains("two.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_SeveralErrors_NamesEachWithItsPathAndChangesNothing()
    {
        _registry.Apply(_owner, [Cluster("shop", ("a", "http://10.0.0.1/", 1))]);
        var before = Find("shop").Snapshot;
        var bad = Cluster("cart", ("a", "ftp://x/", 1), ("b", "http://x/", 70000), ("c", "/relative", 1), ("d", "http://x/?q", 1));
        bad.LoadBalancingPolicy = "Nonsense";

        var error = Assert.Throws<OptionsValidationException>(
            () => _registry.Apply(_owner, [Cluster("shop", ("a", "http://10.0.0.1/", 9)), bad, Cluster("new"), Cluster("NEW"), Cluster(" ")]));

        Assert.Collection(
            error.Failures,
            f => Assert.StartsWith("cart:LoadBalancingPolicy: 'Nonsense'", f, StringComparison.Ordinal),
            f => Assert.StartsWith("cart:Destinations:a:Address: 'ftp://x/'", f, StringComparison.Ordinal),
            f => Assert.StartsWith("cart:Destinations:b:Weight: '70000'", f, StringComparison.Ordinal),
            f => Assert.StartsWith("cart:Destinations:c:Address", f, StringComparison.Ordinal),
            f => Assert.StartsWith("cart:Destinations:d:Address", f, StringComparison.Ordinal),
            f => Assert.Equal("NEW: is described twice.", f),
            f => Assert.Contains("no ClusterId", f, StringComparison.Ordinal));
        Assert.All(LoadBalancingPolicyNamesKnown, name => Assert.Contains(name, error.Failures.First(), StringComparison.Ordinal));
        Assert.Same(before, Find("shop").Snapshot);
        Assert.Equal(1, before.Destinations[0].Options.Weight);
        Assert.Single(_registry.Clusters);
    }

    [Fact]
    public void Apply_DestinationNamesThatDifferInCaseOnly_AreRefused()
    {
        var cluster = Cluster("shop");
        cluster.Destinations = new Dictionary<string, DestinationOptions>(StringComparer.Ordinal)
        {
            ["a"] = new() { Address = "http://10.0.0.1/" },
            ["A"] = new() { Address = "http://10.0.0.2/" },
        };
        Assert.Contains("used twice", Assert.Throws<OptionsValidationException>(() => _registry.Apply(_owner, [cluster])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_PolicyThatCannotBeMadeOrPrepared_IsAnErrorOfItsCluster()
    {
        var registry = new ClusterRegistry(Catalog(s => s
            .AddNet2LoadBalancingPolicy("Unmade", _ => throw new NotSupportedException("no key"))
            .AddNet2LoadBalancingPolicy("Unprepared", _ => new FailingTable())));
        var error = Assert.Throws<OptionsValidationException>(() => registry.Apply(_owner, [WithPolicy("Unmade"), WithPolicy("Unprepared", "cart")]));
        Assert.Equal(["shop:LoadBalancingPolicy: 'Unmade' could not be created: no key", "cart:LoadBalancingPolicy: 'Unprepared' failed to prepare: no ring"], error.Failures);
        Assert.Empty(registry.Clusters);
    }

    [Fact]
    public async Task Apply_WhileRequestsPick_NeverOffersAMixOfTwoStates()
    {
        // Two states with disjoint destinations: whatever a reader sees has to be one of them, whole.
        ClusterOptions State(string prefix) => Cluster("shop", (prefix + "1", "http://10.0.0.1/", 2), (prefix + "2", "http://10.0.0.2/", 1), (prefix + "3", "http://10.0.0.3/", 1));
        _registry.Apply(_owner, [State("a")]);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var picks = 0;
        var reader = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var snapshot = Find("shop").Snapshot;
                Assert.Contains(snapshot.Pick(new HttpRequestMessage()), snapshot.Destinations);
                Assert.Single(snapshot.Candidates.Select(d => d.Id[0]).Distinct());
                Interlocked.Increment(ref picks);
            }
        });
        for (var i = 0; !reader.IsCompleted && (i < 2000 || Volatile.Read(ref picks) < 1000); i++) _registry.Apply(_owner, [State(i % 2 == 0 ? "b" : "a")]);
        await stop.CancelAsync();
        await reader.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(picks >= 1000);
    }

    private static LoadBalancingPolicyCatalog Catalog(Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing();
        more?.Invoke(services);
        return services.BuildServiceProvider().GetRequiredService<LoadBalancingPolicyCatalog>();
    }

    private static ClusterOptions WithPolicy(string? name, string id = "shop")
    {
        var cluster = Cluster(id, ("a", "http://10.0.0.1/", 2), ("b", "http://10.0.0.2/", 1));
        cluster.LoadBalancingPolicy = name;
        return cluster;
    }

    private static ClusterOptions Cluster(string id, params (string Name, string Address, int Weight)[] destinations) => new()
    {
        ClusterId = id,
        Destinations = destinations.ToDictionary(d => d.Name, d => new DestinationOptions { Address = d.Address, Weight = d.Weight }, StringComparer.OrdinalIgnoreCase),
    };

    private Cluster Find(string id) => _registry.TryGet(id, out var cluster) ? cluster : throw new InvalidOperationException($"No cluster {id}.");

    private sealed class FailingTable : ITableBuildingPolicy
    {
        public object BuildTable(DestinationSet candidates) => throw new InvalidDataException("no ring");

        public Destination? Pick(in BalancingContext context) => null;
    }
}
