using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Tcp;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tcp;

/// <summary>Connections over plain TCP: every byte, every end and every reset comes out on the other side as it went in.</summary>
public sealed class PassageTests
{
    [Fact]
    public async Task Bytes_GoBothWays_AndAnEndOfOneDirectionLeavesTheOther()
    {
        // Answers only once it has seen the end of what is asked.
        await using var origin = new ScriptedOrigin(async c =>
        {
            var all = await c.WaitForEndAsync();
            await c.SendAsync($"got {all.Length}: {all[..5]}");
            await c.FinishAsync();
        });
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)]);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync("hello" + new string('x', 3_000_000));
        client.ShutdownSend();

        Assert.Equal("got 3000005: hello", await client.WaitForEndAsync());
        Assert.False(client.WasReset);
    }

    [Fact]
    public async Task AServerThatSpeaksFirst_IsHeard()
    {
        await using var origin = new ScriptedOrigin(async c =>
        {
            await c.SendAsync("220 ready\r\n");
            Assert.Equal("EHLO\r\n", await c.ReadUntilAsync("\r\n"));
            await c.SendAsync("250 hello\r\n");
            await c.FinishAsync();
        });
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)]);
        using var client = await proxy.ConnectAsync();

        Assert.Equal("220 ready\r\n", await client.ReadUntilAsync("\r\n"));
        await client.SendAsync("EHLO\r\n");
        Assert.Equal("250 hello\r\n", await client.WaitForEndAsync());
    }

    [Fact]
    public async Task AReset_OfTheDestination_IsAResetForTheClient()
    {
        await using var origin = new ScriptedOrigin(async c =>
        {
            await c.ReadAsync(4);
            c.Reset();
        });
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)]);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("ping");
        await client.WaitForEndAsync();
        Assert.True(client.WasReset);
    }

    [Fact]
    public async Task AReset_OfTheClient_IsAResetForTheDestination()
    {
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new ScriptedOrigin(async c =>
        {
            await c.ReadAsync(4);
            await c.SendAsync("pong");
            await c.WaitForEndAsync();
            ended.SetResult(c.WasReset);
        });
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)]);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("ping");
        Assert.Equal("pong", await client.ReadAsync(4));
        client.Reset();
        Assert.True(await ended.Task.WaitAsync(ProxyUnderTest.Patience));
    }

    [Fact]
    public async Task WhoDoesNotRead_IsNotReadFor()
    {
        var sent = 0L;
        await using var origin = new ScriptedOrigin(async c =>
        {
            var block = new byte[64 * 1024];
            while (true) Interlocked.Add(ref sent, await c.Socket.SendAsync(block));
        });
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)]);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("?");

        // It comes to a stop when the buffers of the system are full, and goes on as soon as the client reads.
        await Eventually.SteadyAsync(() => Interlocked.Read(ref sent));
        var before = Interlocked.Read(ref sent);
        Assert.InRange(before, 1, 64 * 1024 * 1024);
        await client.ReadAsync((int)Math.Min(before, 16 * 1024 * 1024));
        await Eventually.TrueAsync(() => Interlocked.Read(ref sent) > before);
    }

    [Fact]
    public async Task ADestinationThatRefuses_IsLeftForAnother_AndTheClientNoticesNothing()
    {
        await using var origin = Echo();
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", TcpUnderTest.Nowhere(), origin.Uri)]);
        for (var i = 0; i < 5; i++)
        {
            using var client = await proxy.ConnectAsync();
            await client.SendAsync("ping");
            Assert.Equal("ping", await client.ReadAsync(4));
        }
    }

    [Fact]
    public async Task NobodyThere_IsAReset()
    {
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", TcpUnderTest.Nowhere())]);
        using var client = await proxy.ConnectAsync();
        Assert.Equal("", await client.WaitForEndAsync());
        Assert.True(client.WasReset);
    }

    [Fact]
    public async Task AConnection_CountsAsInFlight_UntilItEnds_AndThePolicySeesIt()
    {
        await using var one = Echo();
        await using var two = Echo();
        var cluster = TcpUnderTest.Cluster("c", one.Uri, two.Uri);
        cluster.LoadBalancingPolicy = "LeastRequests";
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [cluster]);
        using var first = await OpenAsync(proxy);
        using var second = await OpenAsync(proxy);
        Assert.Equal(2, proxy.InFlight("c"));
        Assert.Equal((1, 1), (one.Connections, two.Connections));
        await first.FinishAsync();
        await second.FinishAsync();
        await Eventually.TrueAsync(() => proxy.InFlight("c") == 0);
    }

    [Fact]
    public async Task ALimit_OfTheCluster_LetsTheNextOneWaitForItsTurn()
    {
        await using var origin = Echo();
        var cluster = TcpUnderTest.Cluster("c", origin.Uri);
        cluster.Limits = new() { MaxRequestsPerDestination = 1, MaxQueue = 10 };
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [cluster]);
        using var first = await OpenAsync(proxy);
        using var second = await proxy.ConnectAsync();
        await second.SendAsync("ping");
        var answer = second.ReadAsync(4);
        Assert.Equal(1, origin.Connections);
        await first.FinishAsync();
        Assert.Equal("ping", await answer.WaitAsync(ProxyUnderTest.Patience));
    }

    [Fact]
    public async Task ClientsOfOneAddress_AreKept_WhereTheClusterKeepsThem()
    {
        await using var one = Echo();
        await using var two = Echo();
        await using var three = Echo();
        var cluster = TcpUnderTest.Cluster("c", one.Uri, two.Uri, three.Uri);
        cluster.LoadBalancingPolicy = "RingHash";
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [cluster]);
        for (var i = 0; i < 6; i++)
        {
            using var client = await OpenAsync(proxy);
        }

        Assert.Equal([0, 0, 6], new[] { one.Connections, two.Connections, three.Connections }.Order());
    }

    [Fact]
    public async Task Quiet_ForTooLong_IsClosed_ButNotSoonerThanThat()
    {
        var time = new ManualTimeProvider();
        await using var origin = Echo();
        await using var proxy = await TcpUnderTest.StartAsync(p => p.IdleTimeout = TimeSpan.FromSeconds(60), [TcpUnderTest.Cluster("c", origin.Uri)], time: time);
        using var client = await OpenAsync(proxy);
        time.Advance(TimeSpan.FromSeconds(50));
        await client.SendAsync("ping");
        Assert.Equal("ping", await client.ReadAsync(4));
        time.Advance(TimeSpan.FromSeconds(50));
        await client.SendAsync("pong");
        Assert.Equal("pong", await client.ReadAsync(4));
        time.Advance(TimeSpan.FromSeconds(61));
        await client.WaitForEndAsync();
        await Eventually.TrueAsync(() => proxy.InFlight("c") == 0);
    }

    [Fact]
    public async Task MoreThanMayBe_AreClosed_AndComeInWhenOthersHaveGone()
    {
        await using var origin = Echo();
        await using var proxy = await TcpUnderTest.StartAsync(p => p.MaxConnections = 2, [TcpUnderTest.Cluster("c", origin.Uri)]);
        using var first = await OpenAsync(proxy);
        using var second = await OpenAsync(proxy);
        using var third = await proxy.ConnectAsync();
        Assert.Equal("", await third.WaitForEndAsync());
        await first.FinishAsync();
        await Eventually.TrueAsync(() => proxy.InFlight("c") == 1);
        await Eventually.TrueAsync(async () =>
        {
            using var next = await proxy.ConnectAsync();
            return await IsServedAsync(next);
        });
    }

    [Theory]
    [InlineData("127.0.0.2", false)]
    [InlineData("127.0.0.3", true)]
    public async Task Networks_OfThePort_AreThoseThatMayCome(string from, bool isServed)
    {
        await using var origin = Echo();
        await using var proxy = await TcpUnderTest.StartAsync(p => p.DenyNetworks = ["127.0.0.2"], [TcpUnderTest.Cluster("c", origin.Uri)]);
        using var client = await proxy.ConnectAsync(from);
        Assert.Equal(isServed, await IsServedAsync(client));
        Assert.Equal(isServed ? 1 : 0, origin.Connections);
    }

    [Fact]
    public async Task NetworksAndConnections_OfShielding_CountHereToo()
    {
        await using var origin = Echo();
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)], s => (s.DenyNetworks, s.MaxConnectionsPerAddress) = (["127.0.0.2"], 1));
        using var denied = await proxy.ConnectAsync("127.0.0.2");
        Assert.False(await IsServedAsync(denied));
        using var first = await OpenAsync(proxy);
        using var second = await proxy.ConnectAsync();
        Assert.False(await IsServedAsync(second));
        using var other = await proxy.ConnectAsync("127.0.0.3");
        Assert.True(await IsServedAsync(other));
    }

    [Fact]
    public async Task AReload_ChangesWhereConnectionsGo_AndBreaksNone()
    {
        await using var before = Echo();
        await using var after = Echo();
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", before.Uri)]);
        var endpoint = proxy.EndPoint;
        using var old = await OpenAsync(proxy);

        proxy.Config.Update([], [TcpUnderTest.Cluster("c", after.Uri)]);
        using var fresh = await OpenAsync(proxy);

        Assert.Equal(endpoint, proxy.EndPoint);
        Assert.Equal((1, 1), (before.Connections, after.Connections));
        await old.SendAsync("pong");
        Assert.Equal("pong", await old.ReadAsync(4));
    }

    [Fact]
    public async Task AReload_WithAnotherAddress_ClosesThePortAndOpensTheOther_AndBreaksNone()
    {
        await using var origin = Echo();
        var cluster = TcpUnderTest.Cluster("c", origin.Uri);
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [cluster]);
        using var old = await OpenAsync(proxy);
        var (ports, before) = (proxy.Services.GetRequiredService<TcpPorts>(), proxy.EndPoint);

        // The very port, said in another way: nobody may be in the way of it any more.
        var address = $"127.000.000.001:{before.Port}";
        ports.Apply(new Dictionary<string, TcpListenerOptions> { ["other"] = new() { Address = address, ClusterId = "c" } }, [cluster]);

        Assert.Equal(before, ports.Find(address));
        using var fresh = await OpenAsync(before);
        await old.SendAsync("pong");
        Assert.Equal("pong", await old.ReadAsync(4));
    }

    [Fact]
    public async Task Stopping_TakesNoMore_LetsWhatRunsFinish_AndEndsItWhenItHurries()
    {
        await using var origin = Echo();
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)]);
        var endpoint = proxy.EndPoint;
        using var finishing = await OpenAsync(proxy);
        using var staying = await OpenAsync(proxy);
        using var hurry = new CancellationTokenSource();

        var stopping = proxy.StopAsync(hurry.Token);
        await Eventually.TrueAsync(async () =>
        {
            using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await late.ConnectAsync(endpoint);
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        });
        await finishing.SendAsync("pong");
        Assert.Equal("pong", await finishing.ReadAsync(4));
        await finishing.FinishAsync();
        Assert.False(stopping.IsCompleted);
        await hurry.CancelAsync();
        await staying.WaitForEndAsync();
        await stopping.WaitAsync(ProxyUnderTest.Patience);
    }

    [Fact]
    public async Task APortThatIsTaken_StopsTheStart_AndIsNamed()
    {
        await using var origin = Echo();
        var error = await Assert.ThrowsAsync<IOException>(() => TcpUnderTest.StartAsync(p => p.Address = $"127.0.0.1:{origin.Uri.Port}", [TcpUnderTest.Cluster("c", origin.Uri)]));
        Assert.Contains($"The TCP port 'port' cannot listen on 127.0.0.1:{origin.Uri.Port}", error.Message, StringComparison.Ordinal);
    }

    private static ScriptedOrigin Echo() => new(async c =>
    {
        try
        {
            while (true) await c.SendAsync(await c.ReadAsync(4));
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            c.Dispose();
        }
    });

    private static Task<RawConnection> OpenAsync(TcpUnderTest proxy) => OpenAsync(proxy.EndPoint);

    private static async Task<RawConnection> OpenAsync(IPEndPoint endpoint)
    {
        var client = new RawConnection(await Shielding.ShieldedProxy.ConnectAsync("127.0.0.1", endpoint));
        await client.SendAsync("ping");
        Assert.Equal("ping", await client.ReadAsync(4));
        return client;
    }

    private static async Task<bool> IsServedAsync(RawConnection client)
    {
        try
        {
            await client.SendAsync("ping");
            return await client.ReadAsync(4) == "ping";
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
    }
}
