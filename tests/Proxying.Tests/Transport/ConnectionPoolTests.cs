using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Proxying.Tests.Transport.TransportClient;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

/// <summary>How many connections there are, who gets one next, and when they end.</summary>
public sealed class ConnectionPoolTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    [Fact]
    public async Task Send_AllConnectionsInUse_WaitsForOneAndUsesIt()
    {
        var next = new SemaphoreSlim(0);
        await using var origin = AnsweringWhenReleased(next);
        using var client = new TransportClient(new Http1TransportOptions { MaxConnectionsPerEndpoint = 1 });
        var first = client.GetTextAsync(origin.Uri);
        await UntilAsync(() => client.Handler.FindPool(origin.Uri)?.OpenCount == 1);

        var second = client.GetTextAsync(origin.Uri);
        await UntilAsync(() => client.Handler.FindPool(origin.Uri)!.WaitingCount == 1);
        next.Release(2);

        Assert.Equal(["hi", "hi"], await Task.WhenAll(first, second));
        Assert.Equal(1, origin.Connections);
    }

    [Fact]
    public async Task Send_QueueFull_FailsAtOnce()
    {
        var next = new SemaphoreSlim(0);
        await using var origin = AnsweringWhenReleased(next);
        using var client = new TransportClient(new Http1TransportOptions { MaxConnectionsPerEndpoint = 1, MaxPendingRequests = 1 });
        var first = client.GetTextAsync(origin.Uri);
        await UntilAsync(() => client.Handler.FindPool(origin.Uri)?.OpenCount == 1);
        var second = client.GetTextAsync(origin.Uri);
        await UntilAsync(() => client.Handler.FindPool(origin.Uri)!.WaitingCount == 1);

        var failure = await client.FailureOfAsync(Get(origin.Uri));

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.ConnectionLimitReached, FailureSide.Proxy, SentState.NotConnected), failure);
        next.Release(2);
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task Send_WaitedForTooLong_FailsAndLeavesTheQueue()
    {
        var time = new ManualTimeProvider();
        var next = new SemaphoreSlim(0);
        await using var origin = AnsweringWhenReleased(next);
        using var client = new TransportClient(new Http1TransportOptions { MaxConnectionsPerEndpoint = 1, ConnectTimeout = TimeSpan.FromMinutes(5) }, time);
        var first = client.GetTextAsync(origin.Uri);
        await UntilAsync(() => client.Handler.FindPool(origin.Uri)?.OpenCount == 1);
        var waiting = client.FailureOfAsync(Get(origin.Uri));
        await UntilAsync(() => client.Handler.FindPool(origin.Uri)!.WaitingCount == 1);

        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(5), waiting);

        Assert.Equal(AttemptFailureKinds.ConnectionLimitReached, (await waiting).Kind);
        Assert.Equal(0, client.Handler.FindPool(origin.Uri)!.WaitingCount);
        next.Release();
        Assert.Equal("hi", await first);
    }

    [Fact]
    public async Task Cancel_InUseOrWaiting_FreesThePlaceAtOnce()
    {
        var next = new SemaphoreSlim(0);
        await using var origin = AnsweringWhenReleased(next);
        using var client = new TransportClient(new Http1TransportOptions { MaxConnectionsPerEndpoint = 1 });
        using var cancelInUse = new CancellationTokenSource();
        using var cancelWaiting = new CancellationTokenSource();
        var inUse = client.SendAsync(Get(origin.Uri), cancelInUse.Token);
        await UntilAsync(() => origin.Connections == 1);
        var waiting = client.SendAsync(Get(origin.Uri), cancelWaiting.Token);
        var last = client.GetTextAsync(origin.Uri);
        var pool = client.Handler.FindPool(origin.Uri)!;
        await UntilAsync(() => pool.WaitingCount == 2);

        await cancelWaiting.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, pool.WaitingCount);
        await cancelInUse.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => inUse);
        next.Release(2);

        Assert.Equal("hi", await last);
        Assert.Equal(1, pool.OpenCount);
    }

    [Fact]
    public async Task Reuse_OfSeveralIdle_TakesTheOneUsedLast()
    {
        var next = new SemaphoreSlim(0);
        var served = new List<RawConnection>();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            while (await connection.TryReadHeadAsync() is { } head)
            {
                lock (served) served.Add(connection);
                if (head.StartsWith("GET /wait", StringComparison.Ordinal)) await next.WaitAsync();
                await connection.SendAsync(Answer);
            }
        });
        using var client = new TransportClient();
        var waiting = client.GetTextAsync(new Uri(origin.Uri, "/wait"));
        await UntilAsync(() => served.Count == 1);
        await client.GetTextAsync(origin.Uri);
        next.Release();
        await waiting;
        Assert.Equal(2, client.Handler.FindPool(origin.Uri)!.IdleCount);

        await client.GetTextAsync(origin.Uri);
        await client.GetTextAsync(origin.Uri);

        Assert.Same(served[0], served[2]);
        Assert.Same(served[0], served[3]);
    }

    [Fact]
    public async Task Idle_LongerThanItsLimit_IsClosedByTheSweepAndNotBefore()
    {
        var time = new ManualTimeProvider();
        await using var origin = ScriptedOrigin.Answering(Answer);
        using var client = new TransportClient(new Http1TransportOptions { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(100) }, time);
        await client.GetTextAsync(origin.Uri);
        var pool = client.Handler.FindPool(origin.Uri)!;

        // Up to a tenth earlier than the limit, differently for each connection.
        time.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal(1, pool.IdleCount);
        time.Advance(TimeSpan.FromSeconds(26));

        Assert.Equal(0, pool.IdleCount);
        Assert.Equal(0, pool.OpenCount);
        await origin[0].Ended.WaitAsync(Bound);
    }

    [Fact]
    public async Task Idle_ToldByTheOrigin_IsClosedBeforeTheOriginWould()
    {
        var time = new ManualTimeProvider();
        await using var origin = ScriptedOrigin.Answering("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nhi");
        using var client = new TransportClient(time: time);
        await client.GetTextAsync(origin.Uri);
        time.Advance(TimeSpan.FromSeconds(3.9));
        await client.GetTextAsync(origin.Uri);
        Assert.Equal(1, origin.Connections);

        time.Advance(TimeSpan.FromSeconds(4));
        await client.GetTextAsync(origin.Uri);

        Assert.Equal(2, origin.Connections);
    }

    [Fact]
    public async Task Lifetime_OfConnectionsMadeTogether_EndsAtDifferentTimes()
    {
        var time = new ManualTimeProvider();
        var next = new SemaphoreSlim(0);
        await using var origin = AnsweringWhenReleased(next);
        using var client = new TransportClient(new Http1TransportOptions { PooledConnectionLifetime = TimeSpan.FromSeconds(100), PooledConnectionIdleTimeout = TimeSpan.FromHours(1) }, time);
        var sending = Enumerable.Range(0, 8).Select(_ => client.GetTextAsync(origin.Uri)).ToArray();
        await UntilAsync(() => origin.Connections == 8);
        next.Release(8);
        await Task.WhenAll(sending);
        var pool = client.Handler.FindPool(origin.Uri)!;

        time.Advance(TimeSpan.FromSeconds(90));
        pool.Sweep();
        Assert.Equal(8, pool.IdleCount);
        time.Advance(TimeSpan.FromSeconds(5));
        pool.Sweep();
        Assert.InRange(pool.IdleCount, 1, 7);
        time.Advance(TimeSpan.FromSeconds(6));
        pool.Sweep();
        Assert.Equal(0, pool.IdleCount);
    }

    [Theory]
    [InlineData("evil")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    [InlineData("")]
    public async Task Idle_SentToOrHalfClosed_IsNotUsedAgain(string bytes)
    {
        var answered = new TaskCompletionSource();
        var touched = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Answer);
            await answered.Task;
            if (bytes.Length > 0) await connection.SendAsync(bytes);
            else connection.ShutdownSend();
            touched.TrySetResult();
            await connection.WaitForEndAsync();
        });
        using var client = new TransportClient();
        await client.GetTextAsync(origin.Uri);
        answered.SetResult();
        await touched.Task.WaitAsync(Bound);

        using var response = await client.SendAsync(Post(origin.Uri, new ByteArrayContent([1])));

        Assert.Equal("hi", await TextOf(response));
        Assert.Equal(2, origin.Connections);
    }

    [Fact]
    public async Task Dispose_ClosesWhatIsIdleAndLetsWhatIsInUseFinish()
    {
        var next = new SemaphoreSlim(0);
        await using var origin = new ScriptedOrigin(async connection =>
        {
            while (await connection.TryReadHeadAsync() is { } head)
            {
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh");
                if (head.StartsWith("GET /wait", StringComparison.Ordinal)) await next.WaitAsync();
                await connection.SendAsync("i");
            }
        });
        using var client = new TransportClient();
        using var inUse = await client.GetAsync(new Uri(origin.Uri, "/wait"));
        await client.GetTextAsync(origin.Uri);
        var pool = client.Handler.FindPool(origin.Uri)!;

        client.Handler.Dispose();

        await origin[1].Ended.WaitAsync(Bound);
        next.Release();
        Assert.Equal("hi", await TextOf(inUse));
        await origin[0].Ended.WaitAsync(Bound);
        Assert.Equal(0, pool.OpenCount);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetAsync(origin.Uri));
    }

    private static ScriptedOrigin AnsweringWhenReleased(SemaphoreSlim next) => new(async connection =>
    {
        while (await connection.TryReadHeadAsync() is not null)
        {
            await next.WaitAsync();
            await connection.SendAsync(Answer);
        }
    });
}
