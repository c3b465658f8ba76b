using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Limits;

/// <summary>How many requests may be in flight, and what becomes of those for which there is no room.</summary>
public sealed class RequestLimiterTests
{
    [Fact]
    public void Send_DestinationIsFull_GoesToAnother()
    {
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 2 });
        for (var i = 0; i < 4; i++) cluster.Ask();
        Assert.Equal("2 2", cluster.State);
    }

    [Theory]
    [InlineData(LoadBalancingPolicyNames.FirstAlphabetical)]
    [InlineData(LoadBalancingPolicyNames.LeastRequests)]
    [InlineData(LoadBalancingPolicyNames.PowerOfTwoChoices)]
    [InlineData(LoadBalancingPolicyNames.Random)]
    [InlineData(LoadBalancingPolicyNames.RoundRobin)]
    public async Task Send_AllAreFull_IsRefusedAtOnceAndTouchesNobody(string policy)
    {
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 2, RetryAfter = TimeSpan.FromSeconds(7) }, policy: policy);
        for (var i = 0; i < 4; i++) cluster.Ask();
        var refused = await cluster.RefusedAsync();
        Assert.Equal(("shop", NoDestinationReason.LimitReached, TimeSpan.FromSeconds(7)), (refused.ClusterId, refused.Reason, refused.RetryAfter));
        Assert.Equal("2 2", cluster.State);
    }

    [Fact]
    public async Task Send_ClusterIsFull_IsRefusedThoughDestinationsHaveRoom()
    {
        using var cluster = new LimitedCluster(new() { MaxRequests = 3, MaxRequestsPerDestination = 2 });
        var first = cluster.Ask();
        cluster.Ask();
        cluster.Ask();
        Assert.Equal(NoDestinationReason.LimitReached, (await cluster.RefusedAsync()).Reason);
        first.EndAttempt();
        cluster.Ask();
        Assert.Equal("2 1", cluster.State);
    }

    [Fact]
    public async Task Send_NobodyUsable_IsNotCalledALimit()
    {
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 1, MaxQueue = 5 }, destinations: 0);
        Assert.Equal(NoDestinationReason.NoneUsable, (await cluster.RefusedAsync()).Reason);
    }

    [Fact]
    public async Task Send_ManyAtOnce_NeverGoesBeyondALimit()
    {
        // The end of an attempt goes before what it makes room for, so the highest number seen on the way in is the highest there was.
        const int threads = 16, rounds = 400;
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 3, MaxRequests = 5, MaxQueue = 1000, QueueTimeout = TimeSpan.FromMinutes(1) }, policy: LoadBalancingPolicyNames.RoundRobin);
        var perDestination = new int[2];
        var (all, overshoots, served) = (0, 0, 0);
        async Task RunAsync()
        {
            for (var i = 0; i < rounds; i++)
            {
                var request = await cluster.AskAsync();
                var at = request.Destination!.Id == "a" ? 0 : 1;
                if (Interlocked.Increment(ref perDestination[at]) > 3 || Interlocked.Increment(ref all) > 5) Interlocked.Increment(ref overshoots);
                if (i % 3 == 0) await Task.Yield();
                Interlocked.Decrement(ref all);
                Interlocked.Decrement(ref perDestination[at]);
                request.EndAttempt();
                Interlocked.Increment(ref served);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(RunAsync))).WaitAsync(LimitedCluster.Bound);
        Assert.Equal((0, threads * rounds), (overshoots, served));
        Assert.Equal("0 0", cluster.State);
        for (var i = 0; i < 5; i++) cluster.Ask();
        await Assert.ThrowsAsync<TimeoutException>(() => cluster.AskAsync().WaitAsync(TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Send_ManyAtOnceWithoutAQueue_AdmitsExactlyAsManyAsAllowed()
    {
        const int threads = 16;
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 3 }, policy: LoadBalancingPolicyNames.LeastRequests);
        for (var round = 0; round < 50; round++)
        {
            using var start = new Barrier(threads);
            var outcomes = await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
                async () =>
                {
                    start.SignalAndWait(LimitedCluster.Bound);
                    try
                    {
                        return await cluster.AskAsync();
                    }
                    catch (NoDestinationException)
                    {
                        return null;
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap())).WaitAsync(LimitedCluster.Bound);
            Assert.Equal(6, outcomes.Count(o => o is not null));
            Assert.Equal("3 3", cluster.State);
            foreach (var outcome in outcomes) outcome?.EndAttempt();
        }
    }

    [Fact]
    public void Send_RetriedRequest_GivesItsSlotBackBeforeItAsksAgain()
    {
        using var cluster = new LimitedCluster(new() { MaxRequests = 1 });
        using var request = new RoutedRequestMessage();
        for (var i = 0; i < 3; i++) Assert.True(cluster.SendAsync(request).IsCompletedSuccessfully);
        Assert.Equal("1 0", cluster.State);
    }

    [Fact]
    public async Task Send_GateSaysNo_GivesTheSlotBack()
    {
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 1, MaxRequests = 1 }, configure: s => s.AddSingleton<IClusterFeatureFactory>(new RefusingGate("a")));
        Assert.Equal("b", cluster.Ask().Destination!.Id);
        Assert.Equal("0 1", cluster.State);
        Assert.Equal(NoDestinationReason.LimitReached, (await cluster.RefusedAsync()).Reason);
    }

    [Fact]
    public async Task Send_AllRefusedByGates_IsNotCalledALimit()
    {
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 1, MaxQueue = 5 }, configure: s => s.AddSingleton<IClusterFeatureFactory>(new RefusingGate("a", "b")));
        Assert.Equal(NoDestinationReason.NoneUsable, (await cluster.RefusedAsync()).Reason);
        Assert.Equal("0 0", cluster.State);
    }

    [Fact]
    public async Task Apply_LimitsChange_HoldWithTheNextRequest()
    {
        using var cluster = new LimitedCluster(limits: null, destinations: 1);
        var running = Enumerable.Range(0, 3).Select(_ => cluster.Ask()).ToList();
        cluster.Apply(new() { MaxRequestsPerDestination = 3 }, destinations: 1);
        await cluster.RefusedAsync();
        running[0].EndAttempt();
        cluster.Ask();
        cluster.Apply(new() { MaxRequestsPerDestination = 1 }, destinations: 1);
        await cluster.RefusedAsync();
        cluster.Apply(limits: null, destinations: 1);
        cluster.Ask();
        Assert.Equal("4", cluster.State);
    }

    [Fact]
    public async Task Apply_ClusterLimitComesAndGoes_CountsStayRight()
    {
        using var cluster = new LimitedCluster(new() { MaxRequests = 2 });
        var counted = cluster.Ask();
        cluster.Apply(limits: null);
        var uncounted = cluster.Ask();
        cluster.Apply(new() { MaxRequests = 2 });
        uncounted.EndAttempt();
        counted.EndAttempt();
        cluster.Ask();
        cluster.Ask();
        await cluster.RefusedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Send_WhileThereIsRoom_AllocatesNothing(bool limited)
    {
        using var cluster = new LimitedCluster(limited ? new() { MaxRequestsPerDestination = 2, MaxRequests = 3, MaxQueue = 10 } : null, policy: LoadBalancingPolicyNames.RoundRobin);
        using var request = new RoutedRequestMessage();
        for (var i = 0; i < 200; i++) _ = cluster.SendAsync(request);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _ = cluster.SendAsync(request);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task HttpClient_BodyStillBeingRead_KeepsItsSlot()
    {
        await using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c =>
        {
            c.Limits = new() { MaxRequestsPerDestination = 1 };
            c.Destinations["a"] = new() { Address = server.Address };
        });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        using (await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(LimitedCluster.Bound))
        {
            var refused = await Assert.ThrowsAsync<NoDestinationException>(() => client.GetAsync("/"));
            Assert.Equal(NoDestinationReason.LimitReached, refused.Reason);
        }

        Assert.Equal("hello", await client.GetStringAsync("/").WaitAsync(LimitedCluster.Bound));
        Assert.Equal("hello", await client.GetStringAsync("/").WaitAsync(LimitedCluster.Bound));
    }

    [Fact]
    public async Task HttpClient_Tunnel_KeepsItsSlotUntilItEnds()
    {
        await using var server = new LoopbackServer("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 1 }, destinations: 1);
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c =>
        {
            c.Limits = new() { MaxRequests = 1 };
            c.Destinations["a"] = new() { Address = server.Address };
        });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        using (var response = await client.SendAsync(Upgrade(), HttpCompletionOption.ResponseHeadersRead).WaitAsync(LimitedCluster.Bound))
        {
            Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
            await using var tunnel = await response.Content.ReadAsStreamAsync();
            await Assert.ThrowsAsync<NoDestinationException>(() => client.SendAsync(Upgrade(), HttpCompletionOption.ResponseHeadersRead));
        }

        using var next = await client.SendAsync(Upgrade(), HttpCompletionOption.ResponseHeadersRead).WaitAsync(LimitedCluster.Bound);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, next.StatusCode);
    }

    private static HttpRequestMessage Upgrade() => new(HttpMethod.Get, "/") { Headers = { { "Connection", "upgrade" }, { "Upgrade", "echo" } } };

    private sealed class RefusingGate(params string[] refused) : IClusterFeatureFactory, IClusterFeature, IAttemptGate
    {
        public IClusterFeature Create(Cluster cluster) => this;

        public void Configure(ClusterSnapshot snapshot)
        {
        }

        public bool Admits(Destination destination, HttpRequestMessage request) => !refused.Contains(destination.Id);

        public void Dispose()
        {
        }
    }
}
