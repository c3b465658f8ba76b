using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Resilience;

/// <summary>A proxy before two origins that do what a test says. Every request is for the first one; whatever the second one sees was made again, or beside it.</summary>
internal sealed class TwoOrigins : IAsyncDisposable
{
    private readonly IAsyncDisposable _first;
    private readonly IAsyncDisposable _second;

    private TwoOrigins(IAsyncDisposable first, IAsyncDisposable second, ProxyUnderTest proxy) => (_first, _second, Proxy) = (first, second, proxy);

    public ProxyUnderTest Proxy { get; }

    public Cluster Cluster
    {
        get
        {
            Assert.True(Proxy.Services.GetRequiredService<IClusterRegistry>().TryGet("backend", out var cluster));
            return cluster;
        }
    }

    /// <summary>Starts a proxy before two origins of HTTP/1.1.</summary>
    public static Task<TwoOrigins> StartAsync(
        Func<RawConnection, Task> first, Func<RawConnection, Task> second, Action<ResilienceOptions>? resilience = null, Action<WebApplicationBuilder>? proxy = null)
    {
        var (a, b) = (new ScriptedOrigin(first), new ScriptedOrigin(second));
        return StartAsync(a, a.Uri, b, b.Uri, resilience, proxy);
    }

    /// <summary>The same, with settings of the cluster.</summary>
    public static Task<TwoOrigins> StartAsync(Func<RawConnection, Task> first, Func<RawConnection, Task> second, Action<WebApplicationBuilder>? proxy, Action<ProxyClusterOptions> cluster)
    {
        var (a, b) = (new ScriptedOrigin(first), new ScriptedOrigin(second));
        return StartAsync(a, a.Uri, b, b.Uri, proxy: proxy, cluster: cluster);
    }

    /// <summary>Starts a proxy before two origins that are there.</summary>
    public static async Task<TwoOrigins> StartAsync(
        IAsyncDisposable first, Uri firstUri, IAsyncDisposable second, Uri secondUri, Action<ResilienceOptions>? resilience = null, Action<WebApplicationBuilder>? proxy = null,
        Action<ProxyClusterOptions>? cluster = null)
    {
        var started = await ProxyUnderTest.StartAsync(
            firstUri,
            cluster: c =>
            {
                c.LoadBalancingPolicy = LoadBalancingPolicyNames.FirstAlphabetical;
                c.Destinations.Clear();
                c.Destinations["a"] = new() { Address = firstUri.ToString() };
                c.Destinations["b"] = new() { Address = secondUri.ToString() };
                c.Resilience = new() { Retry = new(), Budget = new(), Hedging = new() };
                resilience?.Invoke(c.Resilience);
                cluster?.Invoke(c);
            },
            proxy: proxy);
        return new(first, second, started);
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await Proxy.DisposeAsync();
    }
}
