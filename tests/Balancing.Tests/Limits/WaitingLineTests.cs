using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Limits;

/// <summary>Requests that wait for room: first come, first served, each for a bounded time, and nobody is forgotten.</summary>
public sealed class WaitingLineTests
{
    private static readonly LimitsOptions One = new() { MaxRequestsPerDestination = 1, MaxQueue = 3, QueueTimeout = TimeSpan.FromSeconds(5) };

    [Fact]
    public async Task End_SomeWait_ServesOneOfThemInTheirOrder()
    {
        using var cluster = new LimitedCluster(One, destinations: 1);
        var running = cluster.Ask();
        var waiting = Enumerable.Range(0, 3).Select(_ => cluster.AskAsync()).ToList();
        Assert.Equal("1 +3", cluster.State);
        for (var i = 0; i < 3; i++)
        {
            running.EndAttempt();
            running = await waiting[i].WaitAsync(LimitedCluster.Bound);
            Assert.All(waiting.Skip(i + 1), w => Assert.False(w.IsCompleted));
            Assert.Equal(i < 2 ? $"1 +{2 - i}" : "1", cluster.State);
        }
    }

    [Fact]
    public async Task Send_LineIsFull_IsRefusedAtOnce()
    {
        using var cluster = new LimitedCluster(One, destinations: 1);
        cluster.Ask();
        for (var i = 0; i < 3; i++) _ = cluster.AskAsync();
        Assert.Equal(NoDestinationReason.LimitReached, (await cluster.RefusedAsync()).Reason);
        Assert.Equal("1 +3", cluster.State);
    }

    [Fact]
    public async Task Send_WaitsTooLong_IsRefusedWhenItsOwnTimeIsOver()
    {
        using var cluster = new LimitedCluster(One, destinations: 1);
        cluster.Ask();
        var first = cluster.AskAsync();
        cluster.Time.Advance(TimeSpan.FromSeconds(3));
        var second = cluster.AskAsync();
        cluster.Time.Advance(TimeSpan.FromSeconds(1.999));
        Assert.Equal("1 +2", cluster.State);
        cluster.Time.Advance(TimeSpan.FromMilliseconds(1));
        var refused = await Assert.ThrowsAsync<NoDestinationException>(() => first.WaitAsync(LimitedCluster.Bound));
        Assert.Equal((NoDestinationReason.WaitTimedOut, TimeSpan.FromSeconds(1)), (refused.Reason, refused.RetryAfter));
        Assert.Equal("1 +1", cluster.State);
        cluster.Time.Advance(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<NoDestinationException>(() => second.WaitAsync(LimitedCluster.Bound));
        var third = cluster.AskAsync();
        cluster.Time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<NoDestinationException>(() => third.WaitAsync(LimitedCluster.Bound));
        Assert.Equal("1", cluster.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cancel_AnybodyInLine_LeavesItAtOnceAndTheOthersInOrder(int leaving)
    {
        using var cluster = new LimitedCluster(One, destinations: 1);
        var running = cluster.Ask();
        using var cancellation = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 3).Select(i => cluster.AskAsync(token: i == leaving ? cancellation.Token : default)).ToList();
        await cancellation.CancelAsync();
        Assert.Equal("1 +2", cluster.State);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[leaving].WaitAsync(LimitedCluster.Bound));
        waiting.RemoveAt(leaving);
        foreach (var next in waiting)
        {
            running.EndAttempt();
            running = await next.WaitAsync(LimitedCluster.Bound);
        }

        Assert.Equal("1", cluster.State);
    }

    [Fact]
    public async Task Send_CancelledBeforehand_DoesNotStay()
    {
        using var cluster = new LimitedCluster(One, destinations: 1);
        cluster.Ask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.AskAsync(token: new CancellationToken(canceled: true)));
        Assert.Equal("1", cluster.State);
    }

    [Fact]
    public async Task Send_OthersWait_StandsBehindThem()
    {
        using var cluster = new LimitedCluster(One, destinations: 1);
        var running = cluster.Ask();
        var first = cluster.AskAsync();
        var second = cluster.AskAsync();
        running.EndAttempt();
        Assert.False(second.IsCompleted);
        (await first.WaitAsync(LimitedCluster.Bound)).EndAttempt();
        await second.WaitAsync(LimitedCluster.Bound);
    }

    [Fact]
    public async Task Sticky_ItsDestinationIsFull_WaitsForItWhileOthersGoOn()
    {
        using var cluster = new LimitedCluster(One);
        var running = cluster.Ask();
        var sticky = cluster.AskAsync(r => r.Pinned = cluster[0]);
        Assert.Equal("1 0 +1", cluster.State);
        var other = cluster.Ask();
        Assert.Equal("b", other.Destination!.Id);
        other.EndAttempt();
        Assert.False(sticky.IsCompleted);
        running.EndAttempt();
        Assert.Equal("a", (await sticky.WaitAsync(LimitedCluster.Bound)).Destination!.Id);
    }

    [Fact]
    public async Task Sticky_LineIsFullOfThoseForAnother_StillGoesWhereThereIsRoom()
    {
        using var cluster = new LimitedCluster(One);
        cluster.Ask();
        for (var i = 0; i < 3; i++) _ = cluster.AskAsync(r => r.Pinned = cluster[0]);
        Assert.Equal("b", cluster.Ask(r => r.Pinned = cluster[1]).Destination!.Id);
        await cluster.RefusedAsync(r => r.Pinned = cluster[1]);
    }

    [Fact]
    public void Sticky_ToldToSpill_GoesToAnother()
    {
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 1, MaxQueue = 3, StickyRequests = FullDestinationBehavior.Spill });
        cluster.Ask();
        Assert.Equal("b", cluster.Ask(r => r.Pinned = cluster[0]).Destination!.Id);
    }

    [Fact]
    public async Task Sticky_NobodyElseWillDo_WaitsThoughToldToSpill()
    {
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 1, MaxQueue = 3, StickyRequests = FullDestinationBehavior.Spill });
        var running = cluster.Ask();
        var sticky = cluster.AskAsync(r => (r.Pinned, r.PinnedOnly) = (cluster[0], true));
        Assert.Equal("1 0 +1", cluster.State);
        running.EndAttempt();
        Assert.Equal("a", (await sticky.WaitAsync(LimitedCluster.Bound)).Destination!.Id);
    }

    [Fact]
    public async Task Sticky_ItsDestinationFallsIll_GoesElsewhere()
    {
        using var cluster = new LimitedCluster(One);
        cluster.Ask();
        var sticky = cluster.AskAsync(r => r.Pinned = cluster[0]);
        cluster.Cluster.Update(cluster[0], "probe failed", s => s with { Active = DestinationHealth.Unhealthy });
        Assert.Equal("b", (await sticky.WaitAsync(LimitedCluster.Bound)).Destination!.Id);
    }

    [Fact]
    public async Task Retry_LeavesOutWhoFailed_AlsoWhenItHasToWait()
    {
        using var cluster = new LimitedCluster(One);
        var a = cluster.Ask();
        var b = cluster.Ask();
        var retry = cluster.AskAsync(r => r.Exclude(cluster[0]));
        var next = cluster.AskAsync();
        a.EndAttempt();
        Assert.Equal("a", (await next.WaitAsync(LimitedCluster.Bound)).Destination!.Id);
        Assert.False(retry.IsCompleted);
        b.EndAttempt();
        Assert.Equal("b", (await retry.WaitAsync(LimitedCluster.Bound)).Destination!.Id);
    }

    [Fact]
    public async Task Status_NobodyLeftToWaitFor_RefusesAllWhoWait()
    {
        using var cluster = new LimitedCluster(One, destinations: 1);
        cluster.Ask();
        var waiting = Enumerable.Range(0, 3).Select(_ => cluster.AskAsync()).ToList();
        cluster.Cluster.Update(cluster[0], "by hand", s => s with { Override = DestinationOverride.Draining });
        foreach (var one in waiting)
            Assert.Equal(NoDestinationReason.NoneUsable, (await Assert.ThrowsAsync<NoDestinationException>(() => one.WaitAsync(LimitedCluster.Bound))).Reason);
        Assert.Equal("1", cluster.State);
    }

    [Fact]
    public async Task Status_SomebodyIsBack_ServesThoseWhoWait()
    {
        using var cluster = new LimitedCluster(One);
        cluster.Cluster.Update(cluster[1], "by hand", s => s with { Override = DestinationOverride.Draining });
        cluster.Ask();
        var waiting = cluster.AskAsync();
        cluster.Cluster.Update(cluster[1], "by hand", s => s with { Override = DestinationOverride.None });
        Assert.Equal("b", (await waiting.WaitAsync(LimitedCluster.Bound)).Destination!.Id);
    }

    [Fact]
    public async Task Apply_MoreRoom_ServesAllForWhomThereIsSome()
    {
        using var cluster = new LimitedCluster(One, destinations: 1);
        cluster.Ask();
        var waiting = Enumerable.Range(0, 3).Select(_ => cluster.AskAsync()).ToList();
        cluster.Apply(new() { MaxRequestsPerDestination = 3, MaxQueue = 3 }, destinations: 1);
        await Task.WhenAll(waiting[0], waiting[1]).WaitAsync(LimitedCluster.Bound);
        Assert.Equal("3 +1", cluster.State);
        cluster.Apply(limits: null, destinations: 1);
        await waiting[2].WaitAsync(LimitedCluster.Bound);
        Assert.Equal("4", cluster.State);
    }

    [Fact]
    public async Task Apply_ShorterTimeout_HoldsForThoseInLine()
    {
        using var cluster = new LimitedCluster(One, destinations: 1);
        cluster.Ask();
        var waiting = cluster.AskAsync();
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        cluster.Apply(new() { MaxRequestsPerDestination = 1, MaxQueue = 3, QueueTimeout = TimeSpan.FromSeconds(1) }, destinations: 1);
        Assert.Equal(NoDestinationReason.WaitTimedOut, (await Assert.ThrowsAsync<NoDestinationException>(() => waiting.WaitAsync(LimitedCluster.Bound))).Reason);
    }

    [Fact]
    public async Task Policy_ThrowsForOneWhoWaits_FailsThatOneAndNotTheOneThatMadeRoom()
    {
        var policy = new MoodyPolicy();
        using var cluster = new LimitedCluster(One, policy: "Moody", configure: s => s.AddNet2LoadBalancingPolicy("Moody", _ => policy));
        var running = cluster.Ask();
        cluster.Ask();
        var (waiting, next) = (cluster.AskAsync(), cluster.AskAsync());
        policy.Failures = 1;
        running.EndAttempt();
        Assert.Equal("in a mood", (await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.WaitAsync(LimitedCluster.Bound))).Message);
        Assert.Equal("a", (await next.WaitAsync(LimitedCluster.Bound)).Destination!.Id);
    }

    [Fact]
    public async Task Send_TimeOfTheAttemptIsUp_IsAWaitThatWasTooLong()
    {
        using var cluster = new LimitedCluster(One, destinations: 1);
        cluster.Ask();
        using var timeout = new CancellationTokenSource();
        RequestRouting? routing = null;
        var waiting = cluster.AskAsync(r => routing = r, timeout.Token);
        routing!.TimedOut = true;
        await timeout.CancelAsync();
        Assert.Equal(NoDestinationReason.WaitTimedOut, (await Assert.ThrowsAsync<NoDestinationException>(() => waiting.WaitAsync(LimitedCluster.Bound))).Reason);
        Assert.Equal("1", cluster.State);
    }

    [Fact]
    public async Task Wait_RoomWasMadeSinceTheChoice_IsServedAtOnce()
    {
        // What ends between the choice that found all full and the place in line finds nobody to serve: the line has to look once more itself.
        using var cluster = new LimitedCluster(One);
        using var request = new RoutedRequestMessage();
        using var sticky = new RoutedRequestMessage { Routing = new RequestRouting { Pinned = cluster[1] } };
        var attempt = await cluster.Limiter.WaitAsync(request, Choice.Full, CancellationToken.None).AsTask().WaitAsync(LimitedCluster.Bound);
        var pinned = await cluster.Limiter.WaitAsync(sticky, Choice.FullAt(cluster[1]), CancellationToken.None).AsTask().WaitAsync(LimitedCluster.Bound);
        Assert.Equal(("a", "b", "1 1"), (attempt.Destination.Id, pinned.Destination.Id, cluster.State));
        attempt.End();
        pinned.End();
        Assert.Equal("0 0", cluster.State);
    }

    [Fact]
    public async Task ManyComeWaitLeaveAndEnd_NobodyIsForgottenAndNothingIsLeftCounted()
    {
        // The interleavings of coming, giving up and making room, by numbers: a lost wake-up would leave somebody waiting for ever.
        const int threads = 12, rounds = 300;
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 1, MaxRequests = 2, MaxQueue = 1000, QueueTimeout = TimeSpan.FromMinutes(10) }, policy: LoadBalancingPolicyNames.RoundRobin);
        var (served, gaveUp) = (0, 0);
        async Task RunAsync(int seed)
        {
            var random = new Random(seed);
            for (var i = 0; i < rounds; i++)
            {
                using var cancellation = new CancellationTokenSource();
                var asking = cluster.AskAsync(random.Next(3) == 0 ? r => r.Pinned = cluster[random.Next(2)] : null, cancellation.Token);
                if (random.Next(4) == 0) await cancellation.CancelAsync();
                try
                {
                    var request = await asking;
                    if (random.Next(2) == 0) await Task.Yield();
                    request.EndAttempt();
                    Interlocked.Increment(ref served);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref gaveUp);
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, threads).Select(seed => Task.Run(() => RunAsync(seed)))).WaitAsync(LimitedCluster.Bound);
        Assert.Equal(threads * rounds, served + gaveUp);
        Assert.Equal("0 0", cluster.State);
        Assert.Equal((1, 1), (cluster.Ask().Destination!.ConcurrentRequests, cluster.Ask().Destination!.ConcurrentRequests));
    }

    [Fact]
    public async Task Waiting_AllocatesLittle()
    {
        using var cluster = new LimitedCluster(new() { MaxRequestsPerDestination = 1, MaxQueue = 2000 }, destinations: 1);
        var running = cluster.Ask();
        var requests = Enumerable.Range(0, 1000).Select(_ => new RoutedRequestMessage()).ToArray();
        var warm = cluster.SendAsync(new RoutedRequestMessage());
        running.EndAttempt();
        await warm.WaitAsync(LimitedCluster.Bound);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var request in requests) _ = cluster.SendAsync(request);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / requests.Length, 1, 1024);
        Assert.Equal("1 +1000", cluster.State);
    }

    private sealed class MoodyPolicy : ILoadBalancingPolicy
    {
        public int Failures { get; set; }

        public Destination? Pick(in BalancingContext context) => Failures-- > 0 ? throw new InvalidOperationException("in a mood") : context.Candidates[0];
    }
}
