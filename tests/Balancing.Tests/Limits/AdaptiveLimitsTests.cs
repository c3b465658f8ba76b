using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Limits;

/// <summary>Limits that are found: what attempts of a cluster do to the limits of its destinations.</summary>
public sealed class AdaptiveLimitsTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly object _owner = new();
    private TimeSpan _latency = TimeSpan.FromMilliseconds(200);
    private Func<HttpResponseMessage> _answer = () => new(HttpStatusCode.OK);

    [Fact]
    public void Observe_FewerThanTenAttemptsOrLessThanASecond_DecidesNothing()
    {
        var limit = AdaptiveLimit.For(null, Settings(new() { Enabled = true }), share: 0);
        for (var i = 0; i < 9; i++) Assert.Equal(20, limit.Observe(TimeSpan.FromMilliseconds(5), 20, false, TimeSpan.FromSeconds(i)));
        Assert.Equal(20, limit.Limit);
        for (var i = 9; i < 60; i++) limit.Observe(TimeSpan.FromMilliseconds(5), limit.Limit, false, TimeSpan.FromSeconds(i));
        Assert.True(limit.Limit > 20);
        var quick = AdaptiveLimit.For(null, Settings(new() { Enabled = true }), share: 0);
        for (var i = 0; i < 1000; i++) Assert.Equal(20, quick.Observe(TimeSpan.FromMilliseconds(5), 20, false, TimeSpan.FromMilliseconds(i * 0.9)));
    }

    [Fact]
    public void For_BoundsChange_GoesOnFromWhereItWas()
    {
        var limit = AdaptiveLimit.For(null, Settings(new() { Enabled = true, InitialRequests = 30 }), share: 0);
        Assert.Same(limit, AdaptiveLimit.For(limit, Settings(new() { Enabled = true, InitialRequests = 5 }), share: 0));
        Assert.Equal(30, AdaptiveLimit.For(limit, Settings(new() { Enabled = true, MaxRequests = 100 }), share: 0).Limit);
        Assert.Equal(10, AdaptiveLimit.For(limit, Settings(new() { Enabled = true, MaxRequests = 10 }), share: 0).Limit);
    }

    [Theory]
    [InlineData(null, null, null, null, 20)]
    [InlineData(50, null, null, null, 50)]
    [InlineData(null, 8, null, null, 8)]
    [InlineData(null, null, 3, null, 3)]
    [InlineData(null, null, null, 10, 10)]
    [InlineData(null, null, null, 2, 2)]
    public void Limit_NothingKnownYet_IsTheInitialOneWithinTheBounds(int? least, int? first, int? most, int? perDestination, int expected)
    {
        var (_, cluster) = Create(new() { MaxRequestsPerDestination = perDestination, Adaptive = new() { Enabled = true, MinRequests = least, InitialRequests = first, MaxRequests = most } });
        Assert.Equal(expected, cluster.Snapshot.Destinations[0].RequestLimit);
    }

    [Fact]
    public async Task Limit_DestinationSlowsDown_Falls()
    {
        var (_, cluster) = Create(Adaptive(20));
        await RunAsync(cluster, seconds: 10, inFlight: 20);
        var before = cluster.Snapshot.Destinations[0].RequestLimit;
        _latency = TimeSpan.FromSeconds(2);
        await RunAsync(cluster, seconds: 40, inFlight: before);
        Assert.True(before >= 20 && cluster.Snapshot.Destinations[0].RequestLimit < before, $"{before} then {cluster.Snapshot.Destinations[0].RequestLimit}");
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Limit_DestinationRefuses_Falls(int status)
    {
        var (_, cluster) = Create(Adaptive(20));
        _answer = () => new((HttpStatusCode)status);
        await RunAsync(cluster, seconds: 3, inFlight: 20);
        Assert.InRange(cluster.Snapshot.Destinations[0].RequestLimit, 4, 18);
    }

    [Fact]
    public async Task Limit_ConnectionsAreRefused_Stays()
    {
        var (_, cluster) = Create(Adaptive(20));
        _answer = static () => throw new AttemptException(new(AttemptFailureKinds.ConnectionRefused, FailureSide.Destination, SentState.NotConnected), "refused");
        await RunAsync(cluster, seconds: 5, inFlight: 20);
        Assert.Equal(20, cluster.Snapshot.Destinations[0].RequestLimit);
    }

    [Fact]
    public async Task Limit_Grows_ServesThoseWhoWait()
    {
        // Twenty are in flight and the last of them tells, again and again, of a destination that is as quick as ever.
        var (_, cluster) = Create(new() { MaxQueue = 1, Adaptive = new() { Enabled = true, InitialRequests = 20 } });
        var destination = cluster.Snapshot.Destinations[0].Busy(20);
        using var pipeline = Pipeline(cluster);
        using var waiting = new RoutedRequestMessage();
        var wait = pipeline.SendAsync(waiting, CancellationToken.None);
        Assert.False(wait.IsCompleted);
        using var answer = new HttpResponseMessage(HttpStatusCode.OK);
        for (var i = 0; i < 60 && destination.RequestLimit == 20; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            foreach (var observer in cluster.Observers) observer.OnEnded(new(destination, waiting, answer, null, TimeSpan.FromMilliseconds(10)));
        }

        (await wait.WaitAsync(LimitedCluster.Bound)).Dispose();
        Assert.Equal(21, destination.ConcurrentRequests);
    }

    [Fact]
    public async Task Apply_SwitchedOnAndOff_ListensOnlyMeanwhile()
    {
        var (registry, cluster) = Create(limits: null);
        Assert.DoesNotContain(cluster.Observers, static o => o is AdaptiveLimits);
        registry.Apply(_owner, [Options(Adaptive(20))]);
        Assert.Single(cluster.Observers, static o => o is AdaptiveLimits);
        _answer = () => new(HttpStatusCode.ServiceUnavailable);
        await RunAsync(cluster, seconds: 3, inFlight: 20);
        Assert.NotEqual(20, cluster.Snapshot.Destinations[0].RequestLimit);
        registry.Apply(_owner, [Options(new() { MaxRequestsPerDestination = 7 })]);
        Assert.DoesNotContain(cluster.Observers, static o => o is AdaptiveLimits);
        Assert.Equal(7, cluster.Snapshot.Destinations[0].RequestLimit);
    }

    private static LimitsOptions Adaptive(int first) => new() { Adaptive = new() { Enabled = true, InitialRequests = first } };

    private static LimitSettings Settings(AdaptiveLimitOptions adaptive) => LimitSettings.Of(Options(new() { Adaptive = adaptive }))!;

    private static ClusterOptions Options(LimitsOptions? limits)
    {
        var options = new ClusterOptions { ClusterId = "shop", Limits = limits, Resilience = new() { CircuitBreaker = new() { Enabled = false } } };
        options.Destinations["a"] = new() { Address = "http://10.0.0.1/" };
        return options;
    }

    private (ClusterRegistry Registry, Cluster Cluster) Create(LimitsOptions? limits)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddNet2Balancing();
        var registry = services.BuildServiceProvider().GetRequiredService<ClusterRegistry>();
        registry.Apply(_owner, [Options(limits)]);
        return (registry, registry.Clusters.Single());
    }

    /// <summary>Requests one after the other, each as long as the latency, while others are in flight.</summary>
    private async Task RunAsync(Cluster cluster, int seconds, int inFlight)
    {
        var destination = cluster.Snapshot.Destinations[0];
        using var pipeline = Pipeline(cluster);
        var end = _time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        while (_time.GetUtcNow() < end)
        {
            destination.Busy(Math.Max(0, Math.Min(inFlight, destination.RequestLimit) - 1));
            using (var request = new RoutedRequestMessage())
            {
                try
                {
                    (await pipeline.SendAsync(request, CancellationToken.None)).Dispose();
                }
                catch (HttpRequestException)
                {
                    // As told to; after a few in a row nobody is asked for a while, which takes time as well.
                    _time.Advance(_latency);
                }
            }

            while (destination.ConcurrentRequests > 0) destination.EndAttempt();
        }
    }

    private HttpMessageInvoker Pipeline(Cluster cluster)
    {
        // Without what would try again: each request is one attempt.
        var reference = new ClusterReference(cluster);
        return new HttpMessageInvoker(new BalancingHandler(reference) { InnerHandler = new ObservationHandler(reference) { InnerHandler = new Slow(this) } });
    }

    private sealed class Slow(AdaptiveLimitsTests test) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            test._time.Advance(test._latency);
            try
            {
                return Task.FromResult(test._answer());
            }
            catch (Exception e)
            {
                return Task.FromException<HttpResponseMessage>(e);
            }
        }
    }
}
