namespace Net2Secure.Routing.Balancing.Tests.Policies;

/// <summary>What becomes of the choice when destinations fail and requests are tried again elsewhere, before anybody is ejected.</summary>
public sealed class RetryTests
{
    public static TheoryData<string> Policies => [.. ClusterPolicyNames.BuiltIn.LoadBalancing];

    [Theory]
    [MemberData(nameof(Policies))]
    public void PickExcept_AnyPolicy_LeavesOutWhatItIsToldTo(string name)
    {
        var policy = Create(name);
        var set = TestDestinations.Weighted(1, 2, 1, 4);
        for (var i = 0; i < 300; i++)
        {
            var context = Context(policy, set, i);
            Destination[] excluded = [set[i % 4]];
            Destination[] more = [set[i % 4], set[(i + 1) % 4], TestDestinations.Named("stranger")];
            Assert.DoesNotContain(((ISkippingPolicy)policy).PickExcept(context, excluded), excluded);
            Assert.DoesNotContain(((ISkippingPolicy)policy).PickExcept(context, more), more);
            Assert.Contains(((ISkippingPolicy)policy).PickExcept(context, more), set);
            Assert.Same(set[3], ((ISkippingPolicy)policy).PickExcept(context, [set[0], set[1], set[2]]));
            Assert.Null(((ISkippingPolicy)policy).PickExcept(context, [.. set]));
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void PickExcept_AnyPolicy_AllocatesNothing(string name)
    {
        var policy = (ISkippingPolicy)Create(name);
        var set = TestDestinations.Weighted(1, 2, 1, 4);
        var context = Context(policy, set, 1);
        Destination[] excluded = [set[1]];
        for (var i = 0; i < 200; i++) policy.PickExcept(context, excluded);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5000; i++) policy.PickExcept(context, excluded);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>One request after the other, so that all are idle at each pick: the hardest case for those who take turns, whose rhythm meets that of the failures.</summary>
    [Theory]
    [InlineData("RoundRobin", 0.01)]
    [InlineData("LeastRequests", 0.01)]
    [InlineData("PowerOfTwoChoices", 0.05)]
    [InlineData("Random", 0.05)]
    public void Pick_OneOfFourFailsAndIsRetriedElsewhere_TheOthersShareEvenly(string name, double tolerance) => AssertEven(Create(name), TestDestinations.Equal(4), [3], tolerance);

    [Theory]
    [InlineData("RoundRobin", 0.01)]
    [InlineData("LeastRequests", 0.03)]
    [InlineData("PowerOfTwoChoices", 0.05)]
    [InlineData("Random", 0.05)]
    public void Pick_TwoOfFiveFailAndAreRetriedElsewhere_TheOthersShareEvenly(string name, double tolerance) => AssertEven(Create(name), TestDestinations.Equal(5), [1, 3], tolerance);

    [Theory]
    [InlineData("RoundRobin")]
    [InlineData("LeastRequests")]
    public void Pick_AHeavyOneFails_TheOthersShareByWeight(string name) => AssertEven(Create(name), TestDestinations.Weighted(40, 1, 2, 1), [0], 0.05);

    private static void AssertEven(ILoadBalancingPolicy policy, DestinationSet set, int[] dead, double tolerance)
    {
        var counts = new int[set.Count];
        var context = TestDestinations.ContextFor(policy, set);
        var excluded = new List<Destination>();
        for (var i = 0; i < 6000; i++)
        {
            excluded.Clear();
            var picked = set.Destinations.IndexOf(policy.Pick(context)!);
            while (dead.Contains(picked))
            {
                excluded.Add(set[picked]);
                picked = set.Destinations.IndexOf(((ISkippingPolicy)policy).PickExcept(context, excluded.ToArray())!);
            }

            counts[picked]++;
        }

        var alive = Enumerable.Range(0, set.Count).Except(dead).ToArray();
        var weight = alive.Sum(i => set.Weights[i]);
        foreach (var i in alive) Assert.InRange(counts[i] / (6000 * set.Weights[i] / weight), 1 - tolerance, 1 + tolerance);
    }

    private static ILoadBalancingPolicy Create(string name) =>
        new LoadBalancingPolicyCatalog(Moq.Mock.Of<IServiceProvider>(), new SeededRandomSource(1), []).Create(name, new ClusterOptions());

    private static BalancingContext Context(ILoadBalancingPolicy policy, DestinationSet set, int key) =>
        new(new RoutedRequestMessage { HashKey = $"user-{key}" }, set, (policy as ITableBuildingPolicy)?.BuildTable(set));
}
