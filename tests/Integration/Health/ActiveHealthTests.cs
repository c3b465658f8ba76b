using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Health;

/// <summary>A proxy that probes its backends, over real sockets, while they die, freeze, vanish, drain and come back.</summary>
public sealed class ActiveHealthTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Start_OneBackendIsDead_NoRequestGoesThere()
    {
        await using var a = await SwitchableBackend.StartAsync("a");
        await using var b = await SwitchableBackend.StartAsync("b");
        await b.KillAsync();
        await using var proxy = await StartAsync(Probing(), a.Address, b.Address);
        await AllSucceedAsync(proxy, 20);
        Assert.Equal(20, a.Requests);
    }

    [Fact]
    public async Task Killed_IsOutWithinAnIntervalOfTheFirstFailure_AndBackWithinTwoGoodProbes()
    {
        await using var a = await SwitchableBackend.StartAsync("a");
        await using var b = await SwitchableBackend.StartAsync("b");
        await using var proxy = await StartAsync(Probing(), ProbesAlone, a.Address, b.Address);
        await UntilAsync(proxy, "d0", s => s.Active == DestinationHealth.Healthy);
        await UntilAsync(proxy, "d1", s => s.Active == DestinationHealth.Healthy);
        await b.KillAsync();
        using var client = proxy.CreateClient();
        var sent = 0;
        while ((await client.GetAsync(new Uri("/", UriKind.Relative))).IsSuccessStatusCode)
        {
            // Round robin meets the dead one with the next request or the one after, unless a probe has met it first.
            if (++sent == 10) break;
        }

        var failed = TimeProvider.System.GetTimestamp();
        await UntilAsync(proxy, "d1", s => s.Active == DestinationHealth.Unhealthy);
        var taken = TimeProvider.System.GetElapsedTime(failed);
        Assert.True(taken < Interval + TimeSpan.FromSeconds(1), $"It took {taken.TotalMilliseconds} ms."); // the second is the machine's, when it is busy
        await AllSucceedAsync(proxy, 20);
        await b.StartAsync();
        await UntilAsync(proxy, "d1", s => s.Active == DestinationHealth.Healthy);
        var before = b.Requests;
        await AllSucceedAsync(proxy, 4);
        Assert.Equal(before + 2, b.Requests);
    }

    [Fact]
    public async Task Frozen_IsOutWhenItsProbesHaveTimedOut()
    {
        await using var a = await SwitchableBackend.StartAsync("a");
        await using var b = await SwitchableBackend.StartAsync("b");
        await using var proxy = await StartAsync(Probing(), a.Address, b.Address);
        await UntilAsync(proxy, "d1", s => s.Active == DestinationHealth.Healthy);
        b.IsFrozen = true;
        await UntilAsync(proxy, "d1", s => s.Active == DestinationHealth.Unhealthy);
        await AllSucceedAsync(proxy, 20);
        b.IsFrozen = false;
        await UntilAsync(proxy, "d1", s => s.Active == DestinationHealth.Healthy);
    }

    [Fact]
    public async Task BlackHole_ThatTakesNoConnections_GetsNoRequestsFromTheStart()
    {
        await using var a = await SwitchableBackend.StartAsync("a");
        using var hole = new Socket(SocketType.Stream, ProtocolType.Tcp);
        hole.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        hole.Listen(0);
        var fillers = Enumerable.Range(0, 4).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToList();
        foreach (var filler in fillers) _ = filler.ConnectAsync(hole.LocalEndPoint!).ContinueWith(static t => t.Exception, TaskScheduler.Default);
        await using var proxy = await StartAsync(Probing(), a.Address, new Uri($"http://127.0.0.1:{((IPEndPoint)hole.LocalEndPoint!).Port}/"));
        await AllSucceedAsync(proxy, 20);
        await UntilAsync(proxy, "d1", s => s.Active == DestinationHealth.Unhealthy);
        foreach (var filler in fillers) filler.Dispose();
    }

    [Fact]
    public async Task Draining_RunningRequestsFinishAndNewOnesGoElsewhere()
    {
        await using var a = await SwitchableBackend.StartAsync("a");
        await using var b = await SwitchableBackend.StartAsync("b");
        await using var proxy = await StartAsync(Probing(), a.Address, b.Address);
        await UntilAsync(proxy, "d0", s => s.Active == DestinationHealth.Healthy);
        await UntilAsync(proxy, "d1", s => s.Active == DestinationHealth.Healthy);
        using var client = proxy.CreateClient();
        var running = Enumerable.Range(0, 2).Select(_ => client.GetStringAsync(new Uri("/wait", UriKind.Relative))).ToList();
        await Eventually.TrueAsync(() => a.Requests + b.Requests == 2);
        b.ProbeStatus = 503;
        await UntilAsync(proxy, "d1", s => s.AsksToDrain);
        var before = b.Requests;
        await AllSucceedAsync(proxy, 20);
        Assert.Equal(before, b.Requests);
        a.Release.SetResult();
        b.Release.SetResult();
        Assert.Equal(["a", "b"], (await Task.WhenAll(running)).Order());
        b.ProbeStatus = 200;
        await UntilAsync(proxy, "d1", s => !s.AsksToDrain);
    }

    [Fact]
    public async Task AllProbesFail_WhileTrafficWorks_TrafficGoesOn()
    {
        await using var a = await SwitchableBackend.StartAsync("a");
        await using var b = await SwitchableBackend.StartAsync("b");
        await using var proxy = await StartAsync(Probing(), a.Address, b.Address);
        a.ProbeStatus = b.ProbeStatus = 500;
        await UntilAsync(proxy, "d0", s => s.Active == DestinationHealth.Unhealthy);
        await UntilAsync(proxy, "d1", s => s.Active == DestinationHealth.Unhealthy);
        await AllSucceedAsync(proxy, 10);
        Assert.True(a.Requests > 0 && b.Requests > 0);
    }

    [Fact]
    public async Task Reload_KeepsWhatIsKnownAndProbesWhatIsNew()
    {
        await using var a = await SwitchableBackend.StartAsync("a");
        await using var b = await SwitchableBackend.StartAsync("b");
        await using var c = await SwitchableBackend.StartAsync("c");
        await b.KillAsync();
        await using var proxy = await StartAsync(Probing(), a.Address, b.Address);
        await UntilAsync(proxy, "d0", s => s.Active == DestinationHealth.Healthy);
        await UntilAsync(proxy, "d1", s => s.Active == DestinationHealth.Unhealthy);
        proxy.Config.Update([ProxyUnderTest.Route()], [Cluster(Probing(), null, a.Address, b.Address, c.Address)]);
        Assert.Equal((DestinationHealth.Healthy, DestinationHealth.Unhealthy), (Status(proxy, "d0").Active, Status(proxy, "d1").Active));
        await UntilAsync(proxy, "d2", s => s.Active == DestinationHealth.Healthy);
        await AllSucceedAsync(proxy, 10);
        Assert.Equal(5, c.Requests);
    }

    [Fact]
    public async Task HealthAddress_IsAskedInsteadOfTheTrafficsOwn()
    {
        await using var a = await SwitchableBackend.StartAsync("a");
        await using var health = await SwitchableBackend.StartAsync("health");
        health.ProbeStatus = 500;
        await using var proxy = await StartAsync(Probing(), cluster => cluster.Destinations["d0"].Health = health.Address.ToString(), a.Address);
        await UntilAsync(proxy, "d0", s => s.Active == DestinationHealth.Unhealthy);
        Assert.Equal(0, health.Requests);
    }

    [Theory]
    [InlineData(true, DestinationHealth.Healthy)]
    [InlineData(false, DestinationHealth.Unhealthy)]
    public async Task Certificate_IsJudgedAsTheTrafficDoes(bool trafficAcceptsAny, DestinationHealth expected)
    {
        using var certificate = TestCertificates.SelfSigned("localhost");
        await using var backend = await ProxyUnderTest.StartBackendAsync(_ => Task.CompletedTask, certificate: certificate);
        await using var proxy = await StartAsync(
            Probing(), cluster => cluster.HttpClient = new() { DangerousAcceptAnyServerCertificate = trafficAcceptsAny }, new Uri(backend.Urls.First()));
        await UntilAsync(proxy, "d0", s => s.Active == expected);
    }

    [Fact]
    public async Task TrafficThatHasToBeHttp2_IsProbedOverHttp2()
    {
        await using var backend = await ProxyUnderTest.StartBackendAsync(_ => Task.CompletedTask, HttpProtocols.Http2);
        await using var proxy = await StartAsync(
            Probing(), cluster => cluster.HttpRequest = new() { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact }, new Uri(backend.Urls.First()));
        await UntilAsync(proxy, "d0", s => s.Active == DestinationHealth.Healthy);
    }

    /// <summary>Nothing is sent again, held back or ejected: what probes do shows.</summary>
    private static void ProbesAlone(ProxyClusterOptions cluster)
    {
        cluster.Resilience = new() { Retry = new() { Enabled = false }, CircuitBreaker = new() { Enabled = false } };
        cluster.HealthCheck!.Passive = new() { Enabled = false };
    }

    private static ActiveHealthCheckOptions Probing() => new() { Enabled = true, Interval = Interval, FastInterval = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromMilliseconds(250), Path = "/health" };

    private static Task<ProxyUnderTest> StartAsync(ActiveHealthCheckOptions probing, params Uri[] backends) => StartAsync(probing, null, backends);

    private static Task<ProxyUnderTest> StartAsync(ActiveHealthCheckOptions probing, Action<ProxyClusterOptions>? configure, params Uri[] backends) =>
        ProxyUnderTest.StartAsync(backends[0], cluster: cluster =>
        {
            cluster.Destinations.Clear();
            Fill(cluster, probing, backends);
            configure?.Invoke(cluster);
        });

    private static ProxyClusterOptions Cluster(ActiveHealthCheckOptions probing, Action<ProxyClusterOptions>? configure, params Uri[] backends)
    {
        var cluster = new ProxyClusterOptions { ClusterId = "backend" };
        Fill(cluster, probing, backends);
        configure?.Invoke(cluster);
        return cluster;
    }

    private static void Fill(ProxyClusterOptions cluster, ActiveHealthCheckOptions probing, Uri[] backends)
    {
        cluster.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        for (var i = 0; i < backends.Length; i++) cluster.Destinations[$"d{i}"] = new() { Address = backends[i].ToString() };
        cluster.HealthCheck = new() { Active = probing };
    }

    private static async Task AllSucceedAsync(ProxyUnderTest proxy, int count)
    {
        using var client = proxy.CreateClient();
        for (var i = 0; i < count; i++)
        {
            using var response = await client.GetAsync(new Uri("/", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    private static DestinationStatus Status(ProxyUnderTest proxy, string name) =>
        proxy.Services.GetRequiredService<IClusterRegistry>().Clusters.Single().Snapshot.Destinations.Single(d => d.Id == name).Status;

    private static Task UntilAsync(ProxyUnderTest proxy, string name, Func<DestinationStatus, bool> condition) => Eventually.TrueAsync(() => condition(Status(proxy, name)));
}
