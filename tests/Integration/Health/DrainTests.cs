using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Health;

/// <summary>A destination that is drained by hand takes no new requests, and those in flight finish, however long they last.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task Draining_StreamsAndWebSocketsFinish_AndThenItIsIdle()
    {
        var (begun, finish) = (new SemaphoreSlim(0), new TaskCompletionSource());
        var drained = 0;
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                Interlocked.Increment(ref drained);
                if (context.WebSockets.IsWebSocketRequest)
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    begun.Release();
                    var message = await socket.ReceiveAsync(new byte[8], context.RequestAborted);
                    await socket.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, true, context.RequestAborted);
                    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                    return;
                }

                await context.Response.WriteAsync("first ");
                await context.Response.Body.FlushAsync();
                begun.Release();
                await finish.Task;
                await context.Response.WriteAsync("last");
            },
            backendPipeline: app => app.UseWebSockets());
        await using var other = await ProxyUnderTest.StartBackendAsync(context => context.Response.WriteAsync("other"));
        using var client = proxy.CreateClient();
        var stream = client.GetStringAsync("/stream");
        await begun.WaitAsync(ProxyUnderTest.Patience);
        using var web = new ClientWebSocket();
        await web.ConnectAsync(new UriBuilder(proxy.Address) { Scheme = "ws" }.Uri, CancellationToken.None).WaitAsync(ProxyUnderTest.Patience);
        await begun.WaitAsync(ProxyUnderTest.Patience);
        var options = ProxyUnderTest.Cluster(proxy.BackendAddress!, c => c.Destinations["other"] = new() { Address = other.Urls.First() });
        proxy.Config.Update([ProxyUnderTest.Route()], [options]);

        var control = proxy.Services.GetRequiredService<IDestinationControl>();
        Assert.True(control.Force("backend", "only", DestinationOverride.Draining, "maintenance"));
        for (var i = 0; i < 20; i++) Assert.Equal("other", await client.GetStringAsync("/"));
        Assert.Equal(2, drained);
        Assert.False(await control.WaitForIdleAsync("backend", "only", TimeSpan.FromMilliseconds(50)));

        finish.SetResult();
        Assert.Equal("first last", await stream.WaitAsync(ProxyUnderTest.Patience));
        Assert.False(await control.WaitForIdleAsync("backend", "only", TimeSpan.FromMilliseconds(50)));
        await web.SendAsync("end"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        await web.ReceiveAsync(new byte[8], CancellationToken.None).WaitAsync(ProxyUnderTest.Patience);
        await web.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(ProxyUnderTest.Patience);
        Assert.True(await control.WaitForIdleAsync("backend", "only", ProxyUnderTest.Patience));

        control.Force("backend", "only", DestinationOverride.None, "done");
        Assert.Equal(2, proxy.Services.GetRequiredService<IHealthReader>().Find("backend")!.Destinations.Count(d => d.Share > 0));
    }

    [Fact]
    public async Task Draining_AllOfACluster_IsRefusedAtOnce()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context => context.Response.WriteAsync("ok"));
        using var client = proxy.CreateClient();
        proxy.Services.GetRequiredService<IDestinationControl>().Force("backend", "only", DestinationOverride.Draining, "maintenance");
        using var response = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }
}
