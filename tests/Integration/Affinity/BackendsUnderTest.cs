using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Affinity;

/// <summary>Three backends of Kestrel's that answer with their names, and proxies in front of them.</summary>
internal sealed class BackendsUnderTest : IAsyncDisposable
{
    private readonly WebApplication[] _backends;
    private readonly List<ProxyUnderTest> _proxies = [];

    private BackendsUnderTest(WebApplication[] backends) => _backends = backends;

    public static async Task<BackendsUnderTest> StartAsync(Func<HttpContext, string, Task>? answer = null, HttpProtocols protocols = HttpProtocols.Http1, Action<IApplicationBuilder>? pipeline = null)
    {
        answer ??= static (context, name) => context.Response.WriteAsync(name);
        var backends = new WebApplication[3];
        for (var i = 0; i < backends.Length; i++)
        {
            var name = NameOf(i);
            backends[i] = await ProxyUnderTest.StartBackendAsync(context => answer(context, name), protocols, pipeline: pipeline);
        }

        return new BackendsUnderTest(backends);
    }

    /// <summary>A proxy in front of all of them; several stand side by side.</summary>
    public async Task<ProxyUnderTest> ProxyAsync(
        Action<SessionAffinityOptions>? affinity = null, Action<ProxyClusterOptions>? cluster = null, Action<RouteOptions>? route = null, Action<WebApplicationBuilder>? app = null)
    {
        var proxy = await ProxyUnderTest.StartAsync(new Uri(_backends[0].Urls.First()), route, options => Fill(options, affinity, cluster), app);
        _proxies.Add(proxy);
        return proxy;
    }

    /// <summary>The settings of the cluster, as they are at the start.</summary>
    public void Fill(ProxyClusterOptions options, Action<SessionAffinityOptions>? affinity = null, Action<ProxyClusterOptions>? cluster = null)
    {
        options.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        options.Destinations.Clear();
        for (var i = 0; i < _backends.Length; i++) options.Destinations[NameOf(i)] = new() { Address = _backends[i].Urls.First() };
        options.SessionAffinity = new() { Enabled = true, AffinityKeyName = "n2s" };
        affinity?.Invoke(options.SessionAffinity);
        cluster?.Invoke(options);
    }

    /// <summary>The live cluster of a proxy.</summary>
    public static Cluster ClusterOf(ProxyUnderTest proxy) => proxy.Services.GetRequiredService<IClusterRegistry>().Clusters.Single();

    public static Destination DestinationOf(ProxyUnderTest proxy, string name) => ClusterOf(proxy).Snapshot.Destinations.Single(d => d.Id == name);

    /// <summary>Stops a backend for good.</summary>
    public async Task StopAsync(string name)
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _backends[name[0] - 'a'].StopAsync(hurry.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies) await proxy.DisposeAsync();
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        foreach (var backend in _backends)
        {
            await backend.StopAsync(hurry.Token);
            await backend.DisposeAsync();
        }
    }

    private static string NameOf(int i) => ((char)('a' + i)).ToString();
}
