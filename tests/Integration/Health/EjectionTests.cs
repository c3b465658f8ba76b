using System.Net;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Integration.Health;

/// <summary>Backends that fail in every way, on real sockets: how soon they are out of the traffic, and what it costs. Nothing is retried here.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class EjectionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_NothingConfigured_IsOutAfterAHandful(bool byClient)
    {
        await using var cluster = await FaultyCluster.StartAsync(byClient: byClient);
        Assert.Equal(0, await cluster.SendAsync(40));
        cluster.Backends[1].Kill();

        var failed = await cluster.SendAsync(40);

        // Five refused, and at most one reset that was under way with a client that does not repeat it.
        Assert.InRange(failed, 5, 6);
        Assert.Equal("023", cluster.Serving);
        Assert.Equal(0, await cluster.SendAsync(100));
        cluster.AssertAllAccountedFor();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_WithAllThatIsOnByDefault_CostsNothing(bool byClient)
    {
        await using var cluster = await FaultyCluster.StartAsync(byClient: byClient, resilient: true);
        Assert.Equal(0, await cluster.SendAsync(40));
        cluster.Backends[1].Kill();
        Assert.Equal(0, await cluster.SendAsync(200));
        cluster.Backends[1].Revive();
        var (_, open) = await cluster.SendUntilAsync(() => cluster.Backends[1].Requests > 50);
        await Task.WhenAll(open);
        Assert.Equal(0, cluster.Failed);
        cluster.AssertAllAccountedFor();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Resetting_NothingConfigured_IsOutAfterAHandful(bool byClient)
    {
        await using var cluster = await FaultyCluster.StartAsync(byClient: byClient);
        await cluster.SendAsync(40);
        cluster.Backends[2].Behaviour = Behaviour.Resetting;

        Assert.InRange(await cluster.SendAsync(60), 5, 8);
        Assert.Equal("013", cluster.Serving);
        var asked = cluster.Backends[2].Requests;
        Assert.Equal(0, await cluster.SendAsync(100));
        Assert.Equal(asked, cluster.Backends[2].Requests);
        cluster.AssertAllAccountedFor();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnlyErrors_BehindASmilingProbe_IsOut(bool byClient)
    {
        await using var cluster = await FaultyCluster.StartAsync(FaultyCluster.AllRules(), byClient);
        Smile(cluster);
        await cluster.SendForAsync(TimeSpan.FromSeconds(1));
        cluster.Backends[0].Behaviour = Behaviour.Erring;
        var before = cluster.Backends[0].Requests;

        var (took, open) = await cluster.SendUntilAsync(() => cluster.Serving == "123");
        await Task.WhenAll(open);

        FaultyCluster.Report($"500 to everything: out after {took.TotalMilliseconds:0} ms and {cluster.Backends[0].Requests - before} requests");
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(0, await cluster.SendAsync(100));
        cluster.AssertAllAccountedFor();
    }

    [Fact]
    public async Task ThirtyPercentErrors_BehindASmilingProbe_IsOutWithinTwoSeconds()
    {
        await using var cluster = await FaultyCluster.StartAsync(FaultyCluster.AllRules());
        Smile(cluster);
        await cluster.SendForAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("0123", cluster.Serving);
        cluster.Backends[3].Behaviour = Behaviour.ErringSometimes;

        var (took, open) = await cluster.SendUntilAsync(() => cluster.Serving == "012");
        await Task.WhenAll(open);

        FaultyCluster.Report($"503 to 30 %: out after {took.TotalMilliseconds:0} ms and {cluster.Failed} errors");
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(0, await cluster.SendAsync(100));
        cluster.AssertAllAccountedFor();
    }

    [Fact]
    public async Task Frozen_IsOutWithinASecond_AndFewAreLostToIt()
    {
        await using var cluster = await FaultyCluster.StartAsync(c =>
        {
            FaultyCluster.AllRules()(c);
            if (c is Net2Secure.Routing.Proxying.ProxyClusterOptions proxied) proxied.HttpRequest = new() { ActivityTimeout = TimeSpan.FromSeconds(3) };
        });
        await cluster.SendForAsync(TimeSpan.FromSeconds(1));
        cluster.Backends[0].Behaviour = Behaviour.Frozen;

        var (took, open) = await cluster.SendUntilAsync(() => cluster.Serving == "123");
        FaultyCluster.Report($"frozen: out after {took.TotalMilliseconds:0} ms, {open.Count} requests wait for it");
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        Assert.InRange(open.Count, 1, 150);
        Assert.Equal(0, await cluster.SendAsync(100));
        await Task.WhenAll(open);
        cluster.AssertAllAccountedFor();
    }

    [Fact]
    public async Task AnswersCutShort_IsOut()
    {
        await using var cluster = await FaultyCluster.StartAsync(FaultyCluster.AllRules());
        cluster.Backends[1].Behaviour = Behaviour.Cutting;
        var (_, open) = await cluster.SendUntilAsync(() => cluster.Serving == "023");
        await Task.WhenAll(open);
        Assert.Equal(0, await cluster.SendAsync(100));
        cluster.AssertAllAccountedFor();
    }

    [Theory]
    [InlineData(LoadBalancingPolicyNames.LeastRequests, 0.015)]
    [InlineData(LoadBalancingPolicyNames.PowerOfTwoChoices, 0.03)] // 1.4 % on average, and a matter of chance
    public async Task SlowAmongFast_GetsLittle(string policy, double most)
    {
        await using var cluster = await FaultyCluster.StartAsync(c =>
        {
            FaultyCluster.AllRules()(c);
            c.LoadBalancingPolicy = policy;
        });
        cluster.Backends[2].Behaviour = Behaviour.Slow;
        await cluster.SendForAsync(TimeSpan.FromSeconds(3));
        var share = cluster.Backends[2].Requests / (double)cluster.Backends.Sum(b => b.Requests);
        FaultyCluster.Report($"slow by 500 ms, {policy}: {share:P2} of {cluster.Backends.Sum(b => b.Requests)} requests");
        Assert.InRange(share, 0, most);
        Assert.Equal(0, cluster.Failed);
    }

    [Fact]
    public async Task SlowAmongFast_WithALatencyFactor_IsOut()
    {
        await using var cluster = await FaultyCluster.StartAsync(FaultyCluster.AllRules(p => p.Outliers = new() { LatencyFactor = 10, MaxSilence = TimeSpan.Zero }));
        cluster.Backends[2].Behaviour = Behaviour.Slow;
        var (_, open) = await cluster.SendUntilAsync(() => cluster.Serving == "013");
        await Task.WhenAll(open);
        Assert.Equal(0, cluster.Failed);
    }

    [Fact]
    public async Task AllAnswerWell_NobodyIsEverOut()
    {
        await using var cluster = await FaultyCluster.StartAsync(FaultyCluster.AllRules());
        await cluster.SendForAsync(TimeSpan.FromSeconds(2));
        Assert.Empty(cluster.Reader.History("backend"));
        Assert.Equal(0, cluster.Failed);
        cluster.AssertAllAccountedFor();
    }

    private static void Smile(FaultyCluster cluster) => cluster.Cluster.Update(
        cluster.Cluster.Snapshot.Destinations, static (_, s) => s with { Active = DestinationHealth.Healthy }, static _ => "probes passed");
}
