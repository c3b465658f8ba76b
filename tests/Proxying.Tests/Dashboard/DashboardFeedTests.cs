using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Dashboard;
using Net2Secure.Routing.Proxying.Tests.Configuration;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Dashboard;

/// <summary>One state a second, and counting only while somebody looks on.</summary>
public sealed class DashboardFeedTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private ConfiguredProxy? _proxy;

    private DashboardFeed Feed => _proxy!.App.Services.GetRequiredService<DashboardFeed>();

    private Cluster Cluster => _proxy!.App.Services.GetRequiredService<IClusterRegistry>().TryGet("c", out var cluster) ? cluster : throw new InvalidOperationException();

    public ValueTask InitializeAsync()
    {
        _proxy = ConfiguredProxy.FromJson(
            """{ "Net2Proxy": { "Dashboard": { "Enabled": true }, "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" } } }, "Clusters": { "c": { "Destinations": { "a": { "Address": "http://a/" } } } } } }""",
            builder => builder.Services.AddSingleton<TimeProvider>(_time),
            answer: static _ => new HttpResponseMessage(System.Net.HttpStatusCode.OK));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _proxy!.DisposeAsync();

    [Fact]
    public void State_WithinASecond_IsTheSameForAll()
    {
        var first = Feed.Read();
        Assert.Same(first, Feed.Read());
        Assert.Same(first.Whole, Feed.Read().Whole);
        _time.Advance(DashboardFeed.Period);
        Assert.Equal(first.State.Sequence + 1, Feed.Read().State.Sequence);
    }

    [Fact]
    public void Counting_BeginsWithTheFirstLook_AndEndsSomeTimeAfterTheLast()
    {
        Assert.DoesNotContain(Cluster.Observers, static o => o is ClusterTraffic);
        Feed.Read();
        Assert.Contains(Cluster.Observers, static o => o is ClusterTraffic);
        Cluster.Traffic!.CountRequest(TimeSpan.FromMilliseconds(5), isError: false, attempts: 3);
        Assert.Equal((1, 2), (Cluster.Traffic.Requests!.Count, Cluster.Traffic.Retries));
        Seconds(DashboardFeed.IdleTime.TotalSeconds - 10);
        Assert.Contains(Cluster.Observers, static o => o is ClusterTraffic);
        Seconds(12);
        Assert.DoesNotContain(Cluster.Observers, static o => o is ClusterTraffic);
        Assert.Null(Cluster.Traffic.Requests);
        Feed.Read();
        Assert.Contains(Cluster.Observers, static o => o is ClusterTraffic);
    }

    [Fact]
    public void Counting_GoesOnForOneWhoWatches()
    {
        Feed.Read();
        Assert.True(Feed.TryBeginWatch());
        Seconds(DashboardFeed.IdleTime.TotalSeconds * 2);
        Assert.Contains(Cluster.Observers, static o => o is ClusterTraffic);
        Feed.EndWatch();
        Seconds(DashboardFeed.IdleTime.TotalSeconds + 2);
        Assert.DoesNotContain(Cluster.Observers, static o => o is ClusterTraffic);
    }

    [Fact]
    public async Task Next_ComesWithTheNextSecond_WithWhatHasChanged()
    {
        Assert.True(Feed.TryBeginWatch());
        var first = Feed.Read();
        var next = Feed.NextAsync(first.State.Sequence, CancellationToken.None);
        Assert.False(next.IsCompleted);
        Cluster.Traffic!.CountRequest(TimeSpan.FromMilliseconds(5), isError: true, attempts: 1);
        _time.Advance(DashboardFeed.Period);
        var frame = await next.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotNull(frame.Change);
        Assert.Equal((1, 1), (frame.State.Clusters[0].Traffic.RequestsPerSecond, frame.State.Clusters[0].Traffic.ErrorShare));
        Assert.Equal(5, frame.State.Clusters[0].Traffic.P99!.Value, tolerance: 0.6);
        Assert.Equal([0, 1], frame.State.Clusters[0].History.ErrorsPerSecond);
    }

    [Fact]
    public void History_IsBounded()
    {
        Feed.Read();
        Seconds(200);
        Assert.Equal(60, Feed.Read().State.Clusters[0].History.RequestsPerSecond.Count);
    }

    [Fact]
    public void Counting_DoesNotAllocate()
    {
        Feed.Read();
        var traffic = Cluster.Traffic!;
        traffic.CountRequest(TimeSpan.FromMilliseconds(5), isError: false, attempts: 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) traffic.CountRequest(TimeSpan.FromMilliseconds(i), isError: i % 2 == 0, attempts: 2);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Seconds(double count)
    {
        for (var i = 0; i < count; i++) _time.Advance(TimeSpan.FromSeconds(1));
    }
}
