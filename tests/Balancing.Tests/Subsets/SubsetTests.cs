using Net2Secure.Routing.Balancing.Tests.Weights;

namespace Net2Secure.Routing.Balancing.Tests.Subsets;

public sealed class SubsetTests
{
    [Theory]
    [InlineData("v1", "abc")]
    [InlineData("v2", "de")]
    [InlineData("V1", "")] // values count as they are
    [InlineData("v9", "")]
    public void Pick_SubsetOfTheRequest_StaysAmongThoseThatFit(string version, string names)
    {
        using var live = new LiveCluster(Shop());
        Assert.Equal(names, Picks(live, new DestinationSubset("VERSION", version)));
    }

    [Fact]
    public void Pick_SeveralKeys_AllHaveToFit()
    {
        using var live = new LiveCluster(Shop());
        Assert.Equal("c", Picks(live, new DestinationSubset([new("version", "v1"), new("stage", "beta")])));
        Assert.Equal("e", Picks(live, new DestinationSubset([new("stage", "beta"), new("version", "v2")])));
        Assert.Equal("", Picks(live, new DestinationSubset([new("stage", "alpha"), new("version", "v2")])));
    }

    [Fact]
    public void Pick_NoSubset_IsTheWholeCluster()
    {
        using var live = new LiveCluster(Shop());
        Assert.Equal("abcdef", Picks(live, subset: null));
    }

    [Theory]
    [InlineData("v2", null, "de")]
    [InlineData(null, "beta", "ce")]
    [InlineData("v2", "beta", "e")]
    [InlineData(null, null, "abcdef")]
    [InlineData("", null, "abcdef")]
    [InlineData("nonsense", null, "")]
    public void Pick_HeadersOfTheRequest_ChooseByTheKeysTheyStandFor(string? version, string? stage, string names)
    {
        using var live = new LiveCluster(Shop(new SubsetOptions { FromHeaders = new Dictionary<string, string> { ["version"] = "X-Version", ["stage"] = "X-Stage" } }));
        Assert.Equal(names, Picks(live, null, ("X-Version", version), ("X-Stage", stage)));
    }

    [Fact]
    public void Pick_SubsetOfTheRoute_CountsMoreThanTheHeaderOfAClient()
    {
        using var live = new LiveCluster(Shop(new SubsetOptions { FromHeaders = new Dictionary<string, string> { ["version"] = "X-Version", ["stage"] = "X-Stage" } }));
        Assert.Equal("c", Picks(live, new DestinationSubset("version", "v1"), ("X-Version", "v2"), ("X-Stage", "beta")));
    }

    [Theory]
    [InlineData(SubsetFallback.None, "")]
    [InlineData(SubsetFallback.Any, "abcdef")]
    [InlineData(SubsetFallback.Default, "abc")]
    public void Pick_NobodyFits_FallsBackAsTheClusterSays(SubsetFallback fallback, string names)
    {
        using var live = new LiveCluster(Shop(new SubsetOptions { Default = new Dictionary<string, string> { ["version"] = "v1" }, Fallback = fallback }));
        Assert.Equal(names, Picks(live, new DestinationSubset("version", "v9")));
        foreach (var name in (string[])["d", "e"]) live.Say(name, DestinationOverride.Unhealthy);
        Assert.Equal(names.Replace("de", "", StringComparison.Ordinal), Picks(live, new DestinationSubset("version", "v2")));
    }

    [Fact]
    public void Pick_RequestThatChoosesNothing_GoesToTheDefaultSubset()
    {
        using var live = new LiveCluster(Shop(new SubsetOptions { Default = new Dictionary<string, string> { ["version"] = "v1" } }));
        Assert.Equal("abc", Picks(live, subset: null));
        Assert.Equal("de", Picks(live, new DestinationSubset("version", "v2")));
    }

    [Fact]
    public void Pick_HealthWithinASubset_CountsForItAlone()
    {
        using var live = new LiveCluster(Shop());
        var v2 = new DestinationSubset("version", "v2");
        Assert.Equal("de", Picks(live, v2));
        live.Say("d", DestinationHealth.Unhealthy);
        Assert.Equal("e", Picks(live, v2));
        live.Say("e", DestinationHealth.Unhealthy);
        Assert.Equal("de", Picks(live, v2)); // a panic of the subset, not of the cluster
        Assert.False(live.Cluster.Snapshot.IsPanic);
        live.Say("d", DestinationHealth.Healthy);
        Assert.Equal("d", Picks(live, v2).Replace("e", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Pick_Excluded_LeavesOutWithinTheSubset()
    {
        using var live = new LiveCluster(Shop());
        using var request = new RoutedRequestMessage { Subset = new DestinationSubset("version", "v2") };
        Assert.Equal("e", live.Cluster.Snapshot.Pick(request, [live["d"]])?.Id);
        Assert.Null(live.Cluster.Snapshot.Pick(request, [live["d"], live["e"]]));
    }

    [Fact]
    public void Keeps_DestinationOutsideOfTheSubset_IsNotKept()
    {
        using var live = new LiveCluster(Shop());
        using var request = new RoutedRequestMessage { Subset = new DestinationSubset("version", "v2") };
        Assert.True(live.Cluster.Snapshot.Keeps(live["d"], request));
        Assert.False(live.Cluster.Snapshot.Keeps(live["a"], request));
        request.Subset = null;
        Assert.True(live.Cluster.Snapshot.Keeps(live["a"], request));
    }

    [Fact]
    public void Keeps_WithOrWithoutASubset_AllocatesNothing()
    {
        using var live = new LiveCluster(Shop());
        using var request = new RoutedRequestMessage();
        var subset = new DestinationSubset("version", "v2");
        var (snapshot, destination) = (live.Cluster.Snapshot, live["d"]);
        long before = 0;
        for (var i = 0; i < 1200; i++)
        {
            if (i == 200) before = GC.GetAllocatedBytesForCurrentThread();
            request.Subset = i % 2 == 0 ? subset : null;
            snapshot.Keeps(destination, request);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Reload_ChangedMetadata_ChangesTheSubset()
    {
        using var live = new LiveCluster(Shop());
        Assert.Equal("de", Picks(live, new DestinationSubset("version", "v2")));
        live.Reload(o =>
        {
            Shop()(o);
            o.Destinations["a"].Metadata["version"] = "v2";
        });
        Assert.Equal("ade", Picks(live, new DestinationSubset("version", "v2")));
    }

    [Fact]
    public void Pick_ValuesThatClientsMakeUp_BuildNothing()
    {
        var built = 0;
        using var live = new LiveCluster(
            o =>
            {
                Shop(new SubsetOptions { FromHeaders = new Dictionary<string, string> { ["version"] = "X-Version" } })(o);
                o.LoadBalancingPolicy = "Counting";
            },
            s => Microsoft.Extensions.DependencyInjection.BalancingServiceCollectionExtensions.AddNet2LoadBalancingPolicy(s, "Counting", _ => new CountingPolicy(() => built++)));
        Assert.Equal("de", Picks(live, null, ("X-Version", "v2")));
        var before = built;
        for (var i = 0; i < 100; i++) Assert.Equal("", Picks(live, null, ("X-Version", $"made-up-{i}")));
        Assert.Equal("abc", Picks(live, null, ("X-Version", "v1")));
        Assert.Equal(before, built);
    }

    [Fact]
    public void Pick_MoreCombinationsOfKeysThanAreKept_FitNobody()
    {
        using var live = new LiveCluster(Shop());
        for (var i = 0; i < SubsetTables.Most; i++) Assert.Equal("", Picks(live, new DestinationSubset($"key{i}", "x")));
        Assert.Equal("", Picks(live, new DestinationSubset("version", "v1")));
    }

    [Fact]
    public void Pick_FromASubset_AllocatesNothing()
    {
        using var live = new LiveCluster(Shop(new SubsetOptions { FromHeaders = new Dictionary<string, string> { ["version"] = "X-Version", ["stage"] = "X-Stage" } }));
        using var request = new RoutedRequestMessage { Subset = new DestinationSubset("version", "v1") };
        request.Headers.TryAddWithoutValidation("X-Stage", "beta");
        var snapshot = live.Cluster.Snapshot;
        for (var i = 0; i < 100; i++) Assert.Equal("c", snapshot.Pick(request)?.Id);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) snapshot.Pick(request);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void Subset_WithoutKeysOrWithTooMany_IsRefused(int count) =>
        Assert.Throws<ArgumentException>(() => new DestinationSubset(Enumerable.Range(0, count).Select(i => KeyValuePair.Create($"k{i}", "v"))));

    [Fact]
    public void Subset_KeyTwiceOrEmpty_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new DestinationSubset([new("a", "1"), new("A", "2")]));
        Assert.Throws<ArgumentException>(() => new DestinationSubset("a", ""));
        Assert.Throws<ArgumentException>(() => new DestinationSubset("", "a"));
    }

    private static Action<ClusterOptions> Shop(SubsetOptions? subsets = null) => options =>
    {
        options.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        options.Subsets = subsets;
        Add("a", ("version", "v1"));
        Add("b", ("version", "v1"), ("stage", "alpha"));
        Add("c", ("version", "v1"), ("stage", "beta"));
        Add("d", ("version", "v2"));
        Add("e", ("version", "v2"), ("stage", "beta"));
        Add("f");

        void Add(string name, params (string Key, string Value)[] metadata) => options.Destinations[name] = new()
        {
            Address = $"http://{name}.example/", Metadata = metadata.ToDictionary(m => m.Key, m => m.Value),
        };
    };

    /// <summary>Everybody who is picked, in alphabetical order.</summary>
    private static string Picks(LiveCluster live, DestinationSubset? subset, params (string Name, string? Value)[] headers)
    {
        using var request = new RoutedRequestMessage { Subset = subset };
        foreach (var (name, value) in headers)
        {
            if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
        }

        return string.Concat(Enumerable.Range(0, 24).Select(_ => live.Cluster.Snapshot.Pick(request)?.Id).Distinct().Order(StringComparer.Ordinal));
    }

    private sealed class CountingPolicy(Action built) : ITableBuildingPolicy
    {
        private int _turn;

        public object BuildTable(DestinationSet candidates)
        {
            built();
            return candidates;
        }

        public Destination? Pick(in BalancingContext context) => context.Candidates[_turn++ % context.Candidates.Count];
    }
}
