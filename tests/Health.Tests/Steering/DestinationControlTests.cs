using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Steering;

public sealed class DestinationControlTests : IDisposable
{
    private readonly ObservedCluster _cluster = new(3);

    public void Dispose() => _cluster.Dispose();

    [Theory]
    [InlineData(DestinationOverride.Unhealthy, "bc", false)]
    [InlineData(DestinationOverride.Draining, "bc", true)]
    [InlineData(DestinationOverride.Healthy, "abc", true)]
    public void Force_TakesOutOrPutsBack_AndNoneLetsMeasuresCountAgain(DestinationOverride state, string serving, bool keepsClients)
    {
        Assert.True(_cluster.Control.Force("Shop", "A", state, "maintenance"));
        Assert.Equal(serving, _cluster.Serving);
        Assert.Equal(keepsClients, _cluster.Cluster.Snapshot.Keeps(_cluster[0]));
        Assert.Equal("maintenance", _cluster.Reader.Find("shop")!.Destinations[0].Reason);
        Assert.True(_cluster.Control.Force("shop", "a", DestinationOverride.None, "done"));
        Assert.Equal("abc", _cluster.Serving);
    }

    [Fact]
    public void Force_SurvivesAReload()
    {
        _cluster.Control.Force("shop", "b", DestinationOverride.Draining, "maintenance");
        var options = new ClusterOptions { ClusterId = "shop" };
        foreach (var destination in _cluster.Cluster.Snapshot.Destinations) options.Destinations[destination.Id] = new() { Address = destination.Address.ToString(), Weight = 2 };
        _cluster.Registry.Apply(_cluster.Owner, [options]);
        Assert.Equal("ac", _cluster.Serving);
    }

    [Fact]
    public void Force_Healthy_OutdoesProbes()
    {
        _cluster.Cluster.Update(_cluster[0], "probes failed", s => s with { Active = DestinationHealth.Unhealthy });
        _cluster.Control.Force("shop", "a", DestinationOverride.Healthy, "we know better");
        Assert.Equal("abc", _cluster.Serving);
    }

    [Theory]
    [InlineData("nowhere", "a")]
    [InlineData("shop", "z")]
    public void Force_NobodyOfThatName_SaysSo(string cluster, string destination) =>
        Assert.False(_cluster.Control.Force(cluster, destination, DestinationOverride.Draining, "maintenance"));

    [Fact]
    public async Task WaitForIdle_RequestInFlight_WaitsForItsEnd()
    {
        _cluster[0].BeginAttempt();
        var waiting = _cluster.Control.WaitForIdleAsync("shop", "A", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        _cluster.Pass(5);
        Assert.False(waiting.IsCompleted);
        _cluster[0].EndAttempt();
        await PassUntilAsync(waiting);
        Assert.True(await waiting);
    }

    [Fact]
    public async Task WaitForIdle_TimeUp_SaysNo()
    {
        _cluster[1].BeginAttempt();
        Assert.True(await _cluster.Control.WaitForIdleAsync("shop", "a", TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.False(await _cluster.Control.WaitForIdleAsync("shop", null, TimeSpan.Zero, TestContext.Current.CancellationToken));
        var waiting = _cluster.Control.WaitForIdleAsync("shop", null, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        await PassUntilAsync(waiting);
        Assert.False(await waiting);
    }

    [Fact]
    public async Task WaitForIdle_Cancelled_Ends()
    {
        _cluster[0].BeginAttempt();
        using var cancelling = new CancellationTokenSource();
        var waiting = _cluster.Control.WaitForIdleAsync("shop", "a", TimeSpan.FromHours(1), cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task WaitForIdle_WithoutABound_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _cluster.Control.WaitForIdleAsync("shop", null, Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _cluster.Control.WaitForIdleAsync("shop", null, TimeSpan.FromDays(2), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WaitForIdle_NobodyOfThatName_HasNothingInFlight() =>
        Assert.True(await _cluster.Control.WaitForIdleAsync("nowhere", null, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));

    // The wait goes on, on a thread of the pool, after each look: time is moved until it has ended.
    private async Task PassUntilAsync(Task task)
    {
        for (var i = 0; i < 10_000 && !task.IsCompleted; i++)
        {
            _cluster.Pass(0.02);
            await Task.Yield();
        }

        await task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void SetWeight_ChangesTheShare_UntilItIsTakenBack()
    {
        var before = Share();
        Assert.True(_cluster.Control.SetWeight("Shop", "A", 0, "night"));
        Assert.Equal(0, Share());
        Assert.True(_cluster.Control.SetWeight("shop", "a", 65_535, "day"));
        Assert.True(Share() > 0.99);
        Assert.True(_cluster.Control.SetWeight("shop", "a", null, "as before"));
        Assert.Equal(before, Share());
        Assert.False(_cluster.Control.SetWeight("shop", "nobody", 1, "?"));
        Assert.Throws<ArgumentOutOfRangeException>(() => _cluster.Control.SetWeight("shop", "a", 65_536, "?"));
        Assert.Throws<ArgumentOutOfRangeException>(() => _cluster.Control.SetWeight("shop", "a", -1, "?"));

        double Share()
        {
            var candidates = _cluster.Cluster.Snapshot.Candidates;
            for (var i = 0; i < candidates.Count; i++) if (candidates[i].Id == "a") return candidates.Weights[i] / candidates.TotalWeight;
            return 0;
        }
    }
}
