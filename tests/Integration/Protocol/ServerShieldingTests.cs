using System.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>What the shielding means for a whole server: many connections, its limits, and an application with endpoints of its own.</summary>
public sealed class ServerShieldingTests
{
    [Fact]
    public async Task IdleAndHalfOpenConnections_DoNotDelayOthers()
    {
        await using var origin = new RecordingOrigin();
        await using var proxy = await ProxyUnderTest.StartAsync(origin.Address);
        var crowd = new List<RawClient>();
        try
        {
            for (var i = 0; i < 1500; i++)
            {
                var client = await RawClient.ConnectAsync(proxy.Address);
                crowd.Add(client);
                if (i % 3 == 0) await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nX: ");
            }

            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < 20; i++)
            {
                using var client = await RawClient.ConnectAsync(proxy.Address);
                await client.SendAsync(WireFixture.Sentinel);
                Assert.Equal(200, (await client.ReadResponseAsync()).Status);
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
            // And those that waited are still served.
            await crowd[3].SendAsync("y\r\nContent-Length: 0\r\n\r\n");
            Assert.Equal(200, (await crowd[3].ReadResponseAsync()).Status);
            await crowd[4].SendAsync(WireFixture.Sentinel);
            Assert.Equal(200, (await crowd[4].ReadResponseAsync()).Status);
        }
        finally
        {
            foreach (var client in crowd) client.Dispose();
        }
    }

    // The server's own clock cannot be moved: what it was told is what can be tested without waiting.
    [Fact]
    public async Task Limits_OfTheServer_AreSet()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(new Uri("http://127.0.0.1:1/"));
        var options = proxy.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;

        Assert.False(options.AddServerHeader);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Limits.RequestHeadersTimeout);
        Assert.Equal(TimeSpan.FromSeconds(130), options.Limits.KeepAliveTimeout);
        Assert.Equal((240d, TimeSpan.FromSeconds(10)), (options.Limits.MinRequestBodyDataRate!.BytesPerSecond, options.Limits.MinRequestBodyDataRate.GracePeriod));
        Assert.Equal((240d, TimeSpan.FromSeconds(30)), (options.Limits.MinResponseDataRate!.BytesPerSecond, options.Limits.MinResponseDataRate.GracePeriod));
        Assert.Null(options.Limits.MaxRequestBodySize);
        Assert.Equal(100, options.Limits.Http2.MaxStreamsPerConnection);
    }

    // What the application sets after AddNet2Proxy wins.
    [Fact]
    public async Task Application_WithEndpointDefaultsOfItsOwn_KeepsTheGuardByAskingForIt()
    {
        await using var origin = new RecordingOrigin();
        await using var proxy = await ProxyUnderTest.StartAsync(origin.Address, proxy: builder => builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(7);
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1;
                endpoint.UseNet2RequestGuard();
            });
        }));
        using var client = await RawClient.ConnectAsync(proxy.Address);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello");

        (await client.ReadResponseAsync()).AssertProblem();
        Assert.Equal(TimeSpan.FromSeconds(7), proxy.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.KeepAliveTimeout);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task Limits_OfTheGuard_CanBeChanged()
    {
        await using var origin = new RecordingOrigin();
        await using var proxy = await ProxyUnderTest.StartAsync(
            origin.Address,
            proxy: builder => builder.Services.Configure<Proxying.RequestGuardOptions>(o =>
            {
                o.MaxTargetBytes = 100_000;
                o.MaxFieldSectionBytes = 200_000;
                o.MaxFields = 500;
            }));
        using var client = await RawClient.ConnectAsync(proxy.Address);
        var fields = string.Concat(Enumerable.Repeat($"X: {new string('y', 400)}\r\n", 400));
        await client.SendAsync($"GET /{new string('x', 90_000)} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");

        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        Assert.Equal(400, origin.Requests.Single().Fields("X").Count);
    }

    [Fact]
    public async Task Trace_WhereItIsAllowed_IsForwarded()
    {
        await using var origin = new RecordingOrigin();
        await using var proxy = await ProxyUnderTest.StartAsync(
            origin.Address, proxy: builder => builder.Services.Configure<Proxying.ForwardingOptions>(o => o.AllowTrace = true));
        using var client = await RawClient.ConnectAsync(proxy.Address);
        await client.SendAsync("TRACE /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 3\r\n\r\nTRACE /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");

        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        Assert.Equal(204, (await client.ReadResponseAsync()).Status);
        Assert.Equal("TRACE /x HTTP/1.1", origin.Requests.Single().RequestLine);
        Assert.Equal("2", origin.Requests.Single().Field("Max-Forwards"));
    }
}
