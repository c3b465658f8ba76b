using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Integration.Health;

/// <summary>Backends that come back, on real sockets: how soon they are in the traffic again, and that those on their way do not pile up outside. Nothing is retried here.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class ReadmissionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BackAfterAMoment_OneRequestTriesIt(bool byClient)
    {
        await using var cluster = await FaultyCluster.StartAsync(byClient: byClient);
        cluster.Backends[0].Kill();
        await cluster.SendAsync(40);
        Assert.Equal("123", cluster.Serving);
        cluster.Backends[0].Revive();

        var before = cluster.Failed;
        var (took, open) = await cluster.SendUntilAsync(() => cluster.Reader.Find("backend")!.Destinations[0] is { Share: > 0, IsOnTrial: false });
        await Task.WhenAll(open);

        FaultyCluster.Report($"back: in the traffic after {took.TotalMilliseconds:0} ms, {cluster.Failed - before} failed");
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(0, cluster.Failed - before);
        cluster.AssertAllAccountedFor();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BackAndSlow_WithAllThatIsOnByDefault_IsTriedForAsLongAsItTakes(bool byClient)
    {
        await using var cluster = await FaultyCluster.StartAsync(byClient: byClient, resilient: true);
        cluster.Backends[0].Kill();
        await cluster.SendAsync(40);
        Assert.Equal("123", cluster.Serving);
        cluster.Backends[0].Behaviour = Behaviour.Slow;
        cluster.Backends[0].Revive();
        var (_, open) = await cluster.SendUntilAsync(() => cluster.Reader.Find("backend")!.Destinations[0].Status.Passive == DestinationHealth.Healthy);
        await Task.WhenAll(open);
        Assert.Equal(0, cluster.Failed);
        cluster.AssertAllAccountedFor();
    }

    [Fact]
    public async Task StillDown_EachTrialCostsOneRequest()
    {
        await using var cluster = await FaultyCluster.StartAsync(FaultyCluster.AllRules(p => p.ReactivationPeriod = TimeSpan.FromMilliseconds(300)));
        cluster.Backends[0].Kill();
        await cluster.SendAsync(40);
        var before = cluster.Failed;

        var (_, open) = await cluster.SendUntilAsync(() => cluster.Reader.Find("backend")!.Destinations[0].Ejections >= 5);
        await Task.WhenAll(open);

        Assert.Equal(4, cluster.Failed - before);
        cluster.AssertAllAccountedFor();
    }

    [Fact]
    public async Task OnlyPosts_TheyDoNotTryItAtOnce()
    {
        await using var cluster = await FaultyCluster.StartAsync(FaultyCluster.AllRules(p => p.ReactivationPeriod = TimeSpan.FromMilliseconds(100)));
        cluster.Backends[0].Kill();
        await cluster.SendAsync(40);
        var (_, open) = await cluster.SendUntilAsync(() => cluster.Reader.Find("backend")!.Destinations[0].Share > 0, perSecond: 1);
        await Task.WhenAll(open);
        var before = cluster.Failed;
        for (var i = 0; i < 40; i++) await cluster.SendAsync(HttpMethod.Post);
        Assert.Equal(0, cluster.Failed - before);
        Assert.True(await cluster.SendAsync() || !await cluster.SendAsync() || await cluster.SendAsync());
    }

    [Fact]
    public async Task RestartOneAfterTheOther_EjectionsDoNotPileUp()
    {
        await using var cluster = await FaultyCluster.StartAsync(FaultyCluster.AllRules(p => p.ReactivationPeriod = TimeSpan.FromSeconds(30)));
        var fewest = 4;
        for (var i = 0; i < 4; i++)
        {
            var down = i;
            cluster.Backends[down].Kill();
            var (_, open) = await cluster.SendUntilAsync(() => !cluster.Serving.Contains($"{down}", StringComparison.Ordinal));
            cluster.Backends[down].Revive();
            await Task.WhenAll(open);
            await cluster.SendForAsync(TimeSpan.FromMilliseconds(1_100));
            fewest = Math.Min(fewest, cluster.Serving.Length);
        }

        FaultyCluster.Report($"restart of four, one after the other: {cluster.Failed} of {cluster.Failed + cluster.Answered} failed, {fewest} served at least");
        Assert.InRange(fewest, 2, 4);
        Assert.Equal(0, await cluster.SendAsync(100));
        cluster.AssertAllAccountedFor();
    }

    [Fact]
    public async Task Flapping_CostsNextToNothing()
    {
        await using var cluster = await FaultyCluster.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            cluster.Backends[1].Kill();
            await cluster.SendForAsync(TimeSpan.FromMilliseconds(500));
            cluster.Backends[1].Revive();
            await cluster.SendForAsync(TimeSpan.FromMilliseconds(500));
        }

        var share = cluster.Failed / (double)(cluster.Failed + cluster.Answered);
        FaultyCluster.Report($"flapping every half second: {cluster.Failed} of {cluster.Failed + cluster.Answered} failed");
        Assert.InRange(share, 0, 0.05);
        cluster.AssertAllAccountedFor();
    }
}
