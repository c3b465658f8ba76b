using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Policies;

/// <summary>What every load balancing policy has to keep. Inherit it, return your policy from <see cref="Create"/>, and the tests are yours.</summary>
/// <remarks>Uses public API only, so that it can be copied beside any policy.</remarks>
public abstract class LoadBalancingPolicyContract
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <summary>A new instance, as one cluster would get it.</summary>
    protected abstract ILoadBalancingPolicy Create();

    /// <summary>What share of the picks of an idle cluster each destination is due, in the order of their names. By weight, unless the policy means otherwise.</summary>
    protected virtual IEnumerable<double> DueShares(int[] weights) => weights.Select(w => (double)w / weights.Sum());

    /// <summary>How far a share may be from its due after 60,000 picks.</summary>
    protected virtual double ShareTolerance => 0.01;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 1)]
    [InlineData(65535, 1)]
    [InlineData(3, 7, 11, 13, 2, 9)]
    public void Pick_AnySet_ReturnsOneOfItsMembers(params int[] weights)
    {
        var (policy, set) = (Create(), SetOf(weights));
        var context = ContextFor(policy, set);
        for (var i = 0; i < 1000; i++) Assert.Contains(policy.Pick(context), set);
    }

    [Fact]
    public void Pick_TwoSetsInTurns_StaysInTheSetItIsOffered()
    {
        var policy = Create();
        var (one, other) = (SetOf(1, 2, 3), SetOf(4, 4));
        var (contextOfOne, contextOfOther) = (ContextFor(policy, one), ContextFor(policy, other));
        for (var i = 0; i < 500; i++)
        {
            Assert.Contains(policy.Pick(contextOfOne), one);
            Assert.Contains(policy.Pick(contextOfOther), other);
        }
    }

    [Fact]
    public async Task Pick_ManyThreads_ReturnsMembers()
    {
        var (policy, set) = (Create(), SetOf(2, 3, 5, 1));
        var context = ContextFor(policy, set);
        using var start = new Barrier(4);
        var threads = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                Assert.True(start.SignalAndWait(Bound));
                for (var i = 0; i < 20_000; i++)
                {
                    if (policy.Pick(context) is not { } picked || !set.Contains(picked)) return false;
                }

                return true;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        Assert.All(await Task.WhenAll(threads).WaitAsync(Bound), Assert.True);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 2, 1)]
    [InlineData(65535, 32768, 1)]
    public void Pick_AnySet_AllocatesNothing(params int[] weights)
    {
        var policy = Create();
        var context = ContextFor(policy, SetOf(weights));
        for (var i = 0; i < 200; i++) policy.Pick(context);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) policy.Pick(context);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 3)]
    [InlineData(10, 5, 5)]
    [InlineData(60000, 20000, 20000)]
    public void Pick_IdleCluster_GivesEachItsDueShare(params int[] weights)
    {
        var (policy, set) = (Create(), SetOf(weights));
        var context = ContextFor(policy, set);
        var counts = set.ToDictionary(d => d, _ => 0);
        for (var i = 0; i < 60_000; i++) counts[policy.Pick(context)!]++;
        foreach (var (destination, due) in set.Zip(DueShares(weights))) Assert.Equal(due, counts[destination] / 60_000.0, ShareTolerance);
    }

    private static BalancingContext ContextFor(ILoadBalancingPolicy policy, DestinationSet set) =>
        new(new HttpRequestMessage(), set, (policy as ITableBuildingPolicy)?.BuildTable(set));

    private static DestinationSet SetOf(params int[] weights)
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("contract", cluster =>
        {
            for (var i = 0; i < weights.Length; i++)
                cluster.Destinations.Add($"d{i}", new DestinationOptions { Address = $"http://10.0.0.{i + 1}/", Weight = weights[i] });
        });
        using var provider = services.BuildServiceProvider();
        Assert.True(provider.GetRequiredService<IClusterRegistry>().TryGet("contract", out var cluster));
        return cluster.Snapshot.Candidates;
    }
}
