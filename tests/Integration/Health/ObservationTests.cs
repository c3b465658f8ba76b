using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Health;

/// <summary>What of the attempts of a proxy counts for the health of a destination, and what does not.</summary>
public sealed class ObservationTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task Answer_CutByTheDestination_Counts()
    {
        await using var origin = ScriptedOrigin.AnsweringOnce("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        await using var proxy = await StartAsync(origin);
        using var client = proxy.CreateClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync("/"));
        await UntilAsync(() => TrafficOf(proxy) is { Requests: 1, Failures: 1 });
    }

    [Fact]
    public async Task Answer_NoneInTime_Counts()
    {
        await using var origin = new ScriptedOrigin(async connection => await connection.WaitForEndAsync());
        await using var proxy = await StartAsync(origin, c => c.HttpRequest = new() { ActivityTimeout = TimeSpan.FromMilliseconds(100) });
        using var client = proxy.CreateClient();
        using var response = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal((1, 1), (TrafficOf(proxy).Requests, TrafficOf(proxy).Failures));
    }

    [Fact]
    public async Task Answer_StopsHalfWay_Counts()
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            await connection.WaitForEndAsync();
        });
        await using var proxy = await StartAsync(origin, c => c.HttpRequest = new() { ActivityTimeout = TimeSpan.FromMilliseconds(100) });
        using var client = proxy.CreateClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync("/"));
        await UntilAsync(() => TrafficOf(proxy) is { Requests: 1, Failures: 1 });
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    public async Task Client_ThatLeaves_DoesNotCount(string begun)
    {
        var asked = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            if (begun.Length > 0) await connection.SendAsync(begun);
            asked.SetResult();
            await connection.WaitForEndAsync();
        });
        await using var proxy = await StartAsync(origin);
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(IPAddress.Loopback, proxy.Address.Port);
            await socket.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            await asked.Task.WaitAsync(ProxyUnderTest.Patience);
            if (begun.Length > 0) await socket.ReceiveAsync(new byte[16]);
            socket.LingerState = new LingerOption(true, 0);
        }

        await UntilAsync(() => Of(proxy).ConcurrentRequests == 0);
        Assert.Equal((0, 0), (TrafficOf(proxy).Failures, TrafficOf(proxy).Waiting));
    }

    [Fact]
    public async Task Connection_ClosedWhileItLayIdle_DoesNotCount()
    {
        // Takes a second request on the connection and closes it unanswered: as if the close had crossed the request on the way. A POST is not repeated.
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Answer);
            await connection.ReadHeadAsync();
            await connection.FinishAsync();
        });
        await using var proxy = await StartAsync(origin);
        using var client = proxy.CreateClient();
        Assert.Equal("ok", await client.GetStringAsync("/"));
        using var response = await client.PostAsync("/", new StringContent("x"));
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal((1, 0, 0), (TrafficOf(proxy).Requests, TrafficOf(proxy).Failures, TrafficOf(proxy).Waiting));
    }

    [Fact]
    public async Task HealthChecksOfTheApplication_TellOfItsClusters()
    {
        await using var origin = ScriptedOrigin.Answering(Answer);
        await using var proxy = await ProxyUnderTest.StartAsync(
            origin.Uri,
            cluster: c => c.Destinations["spare"] = new() { Address = "http://127.0.0.1:1/" },
            proxy: builder => builder.Services.AddHealthChecks().AddNet2Clusters());
        var checks = proxy.Services.GetRequiredService<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckService>();
        Assert.Equal("Healthy", (await checks.CheckHealthAsync()).Status.ToString());
        proxy.Services.GetRequiredService<IDestinationControl>().Force("backend", "spare", DestinationOverride.Draining, "maintenance");
        Assert.Equal("Degraded", (await checks.CheckHealthAsync()).Status.ToString());
        proxy.Services.GetRequiredService<IDestinationControl>().Force("backend", "only", DestinationOverride.Unhealthy, "maintenance");
        Assert.Equal("Unhealthy", (await checks.CheckHealthAsync()).Status.ToString());
    }

    private static Task<ProxyUnderTest> StartAsync(ScriptedOrigin origin, Action<ProxyClusterOptions>? configure = null) => ProxyUnderTest.StartAsync(
        origin.Uri,
        cluster: c =>
        {
            // Traffic is watched where there is somebody else to compare with; the spare takes none.
            c.Destinations["spare"] = new() { Address = "http://127.0.0.1:1/", Weight = 0 };
            configure?.Invoke(c);
        });

    private static DestinationState Of(ProxyUnderTest proxy) => proxy.Services.GetRequiredService<IHealthReader>().Find("backend")!.Destinations.Single(d => d.Id == "only");

    private static TrafficSummary TrafficOf(ProxyUnderTest proxy) => Of(proxy).Traffic;

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var bound = new CancellationTokenSource(ProxyUnderTest.Patience);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!isSo()) await pace.WaitForNextTickAsync(bound.Token);
    }
}
