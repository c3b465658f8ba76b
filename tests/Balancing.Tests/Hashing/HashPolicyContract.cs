using Net2Secure.Routing.Balancing.Tests.Policies;

namespace Net2Secure.Routing.Balancing.Tests.Hashing;

/// <summary>What every policy that hashes has to keep, beside what every policy has to. Inherit it for a new one.</summary>
public abstract class HashPolicyContract : LoadBalancingPolicyContract
{
    protected const int Keys = 20_000;

    private static readonly HttpRequestMessage[] Requests = [.. Enumerable.Range(0, Keys).Select(i => new RoutedRequestMessage { HashKey = $"user-{i}" })];

    /// <summary>How far a destination's share of keys may be from its share of the weight, relative to the latter.</summary>
    protected abstract double KeyShareTolerance { get; }

    /// <summary>The share of all keys that may move although neither their old nor their new destination has changed.</summary>
    protected abstract double NeedlesslyMoved { get; }

    protected sealed override ILoadBalancingPolicy Create() => Create(new ClusterOptions());

    /// <summary>The policy of a cluster.</summary>
    protected abstract ILoadBalancingPolicy Create(ClusterOptions cluster);

    [Theory]
    [InlineData(new double[] { 1, 1, 1 })]
    [InlineData(new double[] { 1, 2, 5 })]
    [InlineData(new double[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData(new double[] { 0.1, 1, 1, 1 })]
    public void Pick_ManyKeys_SharesThemByWeight(double[] weights)
    {
        var homes = Homes(Create(), TestDestinations.Weighted(weights));
        for (var i = 0; i < weights.Length; i++)
        {
            var (due, got) = (weights[i] / weights.Sum(), homes.Count(h => h == i) / (double)Keys);
            Assert.True(Math.Abs(got - due) <= due * KeyShareTolerance, $"Weight {weights[i]} got {got:p} of the keys instead of {due:p}.");
        }
    }

    [Fact]
    public void Pick_OneKey_StaysWhateverTheOrderOfTheConfigurationAndTheInstance()
    {
        KeyValuePair<Destination, double>[] members = [.. Enumerable.Range(0, 9).Select(i => KeyValuePair.Create(TestDestinations.Named($"server-{i}"), 1.0 + (i % 3)))];
        var one = Names(Create(), new DestinationSet(members));
        Assert.Equal(one, Names(Create(), new DestinationSet([.. members.Reverse()])));
        Assert.Equal(one, Names(Create(), new DestinationSet([.. members.Select(m => KeyValuePair.Create(TestDestinations.Named(m.Key.Id, 81), m.Value))])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public void Pick_OneLeaves_MovesItsKeysAndSpreadsThemOverTheOthers(int leaver)
    {
        var members = Members(10);
        var policy = Create();
        var before = Names(policy, new DestinationSet(members));
        var after = Names(policy, new DestinationSet([.. members.Where((_, i) => i != leaver)]));
        AssertMoved(before, after, "server-" + leaver);
        var inherited = before.Zip(after).Where(m => m.First == "server-" + leaver).CountBy(m => m.Second).Select(c => c.Value).ToList();
        Assert.Equal(9, inherited.Count);
        Assert.True(inherited.Max() < Keys / 10 * 0.4, $"One took {inherited.Max()} of the {inherited.Sum()} keys of the one that left.");

        // And when it comes back all is as it was.
        Assert.Equal(before, Names(policy, new DestinationSet(members)));
    }

    [Fact]
    public void Pick_OneComes_MovesItsShareOfKeysToIt()
    {
        var members = Members(11);
        var policy = Create();
        var before = Names(policy, new DestinationSet([.. members.Take(10)]));
        var after = Names(policy, new DestinationSet(members));
        AssertMoved(before, after, "server-10");
        Assert.Equal(1 / 11.0, after.Count(n => n == "server-10") / (double)Keys, KeyShareTolerance / 11);
    }

    [Fact]
    public void Pick_OneGainsWeightInSmallSteps_MovesKeysOnlyToItAndNoneTwice()
    {
        var members = Members(10);
        var policy = Create();
        var before = Names(policy, WithWeight(members, 3, 0.1));
        var (needless, total) = (0, 0);
        for (var step = 2; step <= 10; step++)
        {
            var after = Names(policy, WithWeight(members, 3, step / 10.0));
            AssertMoved(before, after, "server-3");
            var moved = before.Zip(after).Where(m => m.First != m.Second).ToList();
            needless += moved.Count(m => m.Second != "server-3");
            total += moved.Count;
            before = after;
        }

        // From a share of 0.1/9.1 to one of 1/10.
        Assert.Equal((0.1 - (0.1 / 9.1)) * Keys, total - needless, Keys * (0.1 * KeyShareTolerance) + needless);
        Assert.True(needless <= 9 * NeedlesslyMoved * Keys, $"{needless} keys moved from others to others.");
        Assert.Equal(Names(policy, new DestinationSet(members)), before);
    }

    [Fact]
    public void Pick_SomeExcluded_IsThePickOfASetWithoutThemWhereThatCanBe()
    {
        var members = Members(6);
        var set = new DestinationSet(members);
        var policy = Create();
        Destination[] excluded = [members[1].Key, members[4].Key];
        var context = TestDestinations.ContextFor(policy, set);
        for (var i = 0; i < 2000; i++)
        {
            var keyed = new BalancingContext(Requests[i], set, context.Table);
            var home = policy.Pick(keyed);
            var picked = ((ISkippingPolicy)policy).PickExcept(keyed, excluded);
            Assert.DoesNotContain(picked, excluded);
            if (!excluded.Contains(home)) Assert.Same(home, picked);
        }
    }

    [Fact]
    public void Pick_HotKeysWithABoundOnLoads_NoDestinationExceedsItsShare()
    {
        var cluster = new ClusterOptions { Hashing = new() { MaxLoadPercent = 125 } };
        var set = TestDestinations.Weighted(1, 1, 2, 1);
        var policy = Create(cluster);
        var context = TestDestinations.ContextFor(policy, set);
        for (var i = 1; i <= 1000; i++)
        {
            // Nine in ten requests ask for the same key.
            policy.Pick(new BalancingContext(Requests[i % 10 == 0 ? i : 0], set, context.Table))!.BeginAttempt();
            for (var d = 0; d < set.Count; d++) Assert.True(set[d].ConcurrentRequests <= Math.Ceiling(1.25 * i * set.Weights[d] / 5), $"{set[d].Id} has {set[d].ConcurrentRequests} of {i}.");
        }
    }

    [Fact]
    public void Pick_LoadsWithinTheBound_StaysAtHome()
    {
        var set = TestDestinations.Equal(8);
        var (free, bounded) = (Create(), Create(new ClusterOptions { Hashing = new() { MaxLoadPercent = 150 } }));
        foreach (var destination in set) destination.Busy(10);
        set[2].Busy(5); // 85 in flight: up to ceil(1.5 × 86 ÷ 8) = 17 each
        Assert.Equal(Homes(free, set), Homes(bounded, set));
    }

    [Fact]
    public void Pick_BoundOnLoadsAndAKeyOfAFullDestination_TakesTheSameOtherOneEachTime()
    {
        var set = TestDestinations.Equal(8);
        var policy = Create(new ClusterOptions { Hashing = new() { MaxLoadPercent = 125 } });
        set[2].Busy(50);
        var first = Homes(policy, set);
        Assert.DoesNotContain(2, first);
        Assert.Equal(first, Homes(policy, set));
        var free = Homes(Create(), set);
        Assert.All(free.Zip(first).Where(m => m.First != 2), m => Assert.Equal(m.First, m.Second));
    }

    [Fact]
    public void Pick_WithoutAKey_TakesTheLessBusyOfTwo()
    {
        var set = TestDestinations.Equal(2);
        set[0].Busy(1);
        Assert.Equal([0, 300], Create().Counts(set, 300));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(125)]
    public void Pick_Keyed_AllocatesNothing(int? maxLoadPercent)
    {
        var set = TestDestinations.Weighted(1, 2, 1.5, 1);
        var policy = Create(new ClusterOptions { Hashing = new() { MaxLoadPercent = maxLoadPercent } });
        var context = TestDestinations.ContextFor(policy, set);
        Destination[] excluded = [set[1]];
        for (var i = 0; i < 200; i++) PickBoth(policy, new BalancingContext(Requests[i], set, context.Table), excluded);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5000; i++) PickBoth(policy, new BalancingContext(Requests[i], set, context.Table), excluded);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    protected static DestinationSet WithWeight(KeyValuePair<Destination, double>[] members, int index, double weight) =>
        new([.. members.Select((m, i) => i == index ? KeyValuePair.Create(m.Key, weight) : m)]);

    protected static KeyValuePair<Destination, double>[] Members(int count) => [.. Enumerable.Range(0, count).Select(i => KeyValuePair.Create(TestDestinations.Named($"server-{i}"), 1.0))];

    protected static string[] Names(ILoadBalancingPolicy policy, DestinationSet set)
    {
        var table = ((ITableBuildingPolicy)policy).BuildTable(set);
        return [.. Requests.Select(r => policy.Pick(new BalancingContext(r, set, table))!.Id)];
    }

    protected static int[] Homes(ILoadBalancingPolicy policy, DestinationSet set)
    {
        var table = ((ITableBuildingPolicy)policy).BuildTable(set);
        return [.. Requests.Select(r => set.Destinations.IndexOf(policy.Pick(new BalancingContext(r, set, table))!))];
    }

    private static void PickBoth(ILoadBalancingPolicy policy, in BalancingContext context, ReadOnlySpan<Destination> excluded)
    {
        policy.Pick(context);
        ((ISkippingPolicy)policy).PickExcept(context, excluded);
    }

    private void AssertMoved(string[] before, string[] after, string changed)
    {
        var needless = before.Zip(after).Count(m => m.First != m.Second && m.First != changed && m.Second != changed);
        Assert.True(needless <= NeedlesslyMoved * before.Length, $"{needless} of {before.Length} keys moved from others to others.");
    }
}
