using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Shielding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Tcp;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tcp;

/// <summary>A proxy that passes a port through, in front of whatever a test has for its clusters.</summary>
internal sealed class TcpUnderTest : IAsyncDisposable
{
    private const string Address = "127.0.0.1:0";

    private readonly WebApplication _app;

    private TcpUnderTest(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => _app.Services.GetRequiredService<TcpPorts>().Find(Address)!;

    /// <summary>The same, for clients that want a URL.</summary>
    public Uri Uri => new($"https://127.0.0.1:{EndPoint.Port}/");

    /// <summary>Where it serves HTTP.</summary>
    public Uri HttpAddress => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    public InMemoryConfigProvider Config => Services.GetRequiredService<InMemoryConfigProvider>();

    /// <summary>Connections that go to a destination at present.</summary>
    public int InFlight(string clusterId) =>
        Services.GetRequiredService<IClusterRegistry>().TryGet(clusterId, out var cluster) ? cluster.Snapshot.Destinations.Sum(d => d.ConcurrentRequests) : 0;

    public static async Task<TcpUnderTest> StartAsync(
        Action<TcpListenerOptions> port, IReadOnlyList<ProxyClusterOptions> clusters, Action<ShieldingOptions>? shielding = null, TimeProvider? time = null,
        Action<WebApplicationBuilder>? proxy = null)
    {
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddNet2Proxy().LoadFromMemory([], clusters);
        builder.Services.Configure<TcpOptions>(tcp =>
        {
            var options = new TcpListenerOptions { Address = Address, ClusterId = clusters[0].ClusterId };
            port(options);
            tcp.Listeners["port"] = options;
        });
        if (shielding is not null) builder.Services.Configure(shielding);
        proxy?.Invoke(builder);
        var app = builder.Build();
        app.MapNet2Proxy();
        await app.StartAsync();
        return new TcpUnderTest(app);
    }

    /// <summary>A cluster of servers on this machine.</summary>
    public static ProxyClusterOptions Cluster(string id, params IEnumerable<Uri> destinations)
    {
        var cluster = new ProxyClusterOptions { ClusterId = id, LoadBalancingPolicy = "FirstAlphabetical" };
        foreach (var (i, destination) in destinations.Index()) cluster.Destinations[$"d{i}"] = new DestinationOptions { Address = destination.ToString() };
        return cluster;
    }

    /// <summary>A port of this machine where nobody listens.</summary>
    public static Uri Nowhere()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/");
    }

    /// <summary>A connection from an address.</summary>
    public async Task<RawConnection> ConnectAsync(string from = "127.0.0.1") => new(await ShieldedProxy.ConnectAsync(from, EndPoint));

    /// <summary>Stops it as a host does, and lets connections finish until <paramref name="hurry"/>.</summary>
    public Task StopAsync(CancellationToken hurry) => _app.StopAsync(hurry);

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(hurry.Token).WaitAsync(ProxyUnderTest.Patience);
        await _app.DisposeAsync();
    }
}
