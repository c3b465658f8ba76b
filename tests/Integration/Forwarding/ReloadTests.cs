using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Forwarding;

/// <summary>A configuration is changed while requests run: none is lost, and the change holds at once.</summary>
public sealed class ReloadTests
{
    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Fact]
    public async Task Reload_UnderLoad_LosesNoRequest()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context => context.Response.WriteAsync("ok"));
        using var client = proxy.CreateClient();
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 8).Select(_ => RequestUntilAsync(client, stop.Token)).ToArray();

        for (var i = 0; i < 50; i++)
        {
            // Every other time with settings that call for another transport.
            proxy.Config.Update(
                [ProxyUnderTest.Route()],
                [ProxyUnderTest.Cluster(proxy.BackendAddress!, c => c.HttpClient = new() { MaxConnectionsPerServer = 50 + (i % 2) })]);
            using var response = await client.GetAsync("/between", Patience);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await stop.CancelAsync();
        Assert.True((await Task.WhenAll(load)).Sum() > 0);
    }

    [Fact]
    public async Task Reload_ThatRemovesTheRoute_LetsWhatRunsFinish()
    {
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var proxy = await ProxyUnderTest.StartAsync(async context =>
        {
            await context.Response.WriteAsync("one ");
            await context.Response.Body.FlushAsync();
            started.SetResult();
            await release.Task;
            await context.Response.WriteAsync("two");
        });
        using var client = proxy.CreateClient();
        using var running = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Patience);
        await started.Task.WaitAsync(ProxyUnderTest.Patience);

        proxy.Config.Update([], []);
        using var after = await client.GetAsync("/", Patience);
        release.SetResult();

        Assert.Equal(HttpStatusCode.NotFound, after.StatusCode);
        Assert.Equal("one two", await running.Content.ReadAsStringAsync(Patience));
    }

    [Fact]
    public async Task Reload_WithErrors_IsRefusedAndTheNextGoodOneIsTaken()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context => context.Response.WriteAsync("ok"));
        using var client = proxy.CreateClient();

        proxy.Config.Update([ProxyUnderTest.Route(r => r.ClusterId = "nowhere")], []);
        Assert.Equal("ok", await client.GetStringAsync("/", Patience));

        proxy.Config.Update([ProxyUnderTest.Route(r => r.Match.Path = "/new/{**rest}")], [ProxyUnderTest.Cluster(proxy.BackendAddress!)]);
        Assert.Equal("ok", await client.GetStringAsync("/new/a", Patience));
        using var old = await client.GetAsync("/old", Patience);
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
    }

    [Fact]
    public async Task Reload_ThatKeepsADestination_KeepsItsLiveState()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context => context.Response.WriteAsync("ok"));
        var registry = proxy.Services.GetRequiredService<IClusterRegistry>();
        Assert.True(registry.TryGet("backend", out var before));
        var destination = before.Snapshot.Destinations[0];

        proxy.Config.Update([ProxyUnderTest.Route()], [ProxyUnderTest.Cluster(proxy.BackendAddress!, c => c.Destinations["more"] = new() { Address = "http://127.0.0.1:9/", Weight = 0 })]);

        Assert.True(registry.TryGet("backend", out var after));
        Assert.Same(before, after);
        Assert.Same(destination, after.Snapshot.Destinations[0]);
        Assert.Equal(2, after.Snapshot.Destinations.Count);
    }

    private static async Task<int> RequestUntilAsync(HttpClient client, CancellationToken stop)
    {
        var count = 0;
        while (!stop.IsCancellationRequested)
        {
            using var response = await client.GetAsync("/load", Patience);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            count++;
        }

        return count;
    }
}
