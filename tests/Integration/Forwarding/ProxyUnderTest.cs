using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Forwarding;

/// <summary>A proxy on a port of its own in front of a backend of Kestrel's, both real.</summary>
internal sealed class ProxyUnderTest : IAsyncDisposable
{
    private readonly WebApplication? _backend;
    private readonly WebApplication _proxy;

    private ProxyUnderTest(WebApplication? backend, WebApplication proxy)
    {
        _backend = backend;
        _proxy = proxy;
        Addresses = [.. proxy.Urls.Select(u => new Uri(u)).OrderBy(u => u.Scheme, StringComparer.Ordinal)];
        Address = Addresses[0];
        BackendAddress = backend is null ? null : new Uri(backend.Urls.First());
    }

    /// <summary>No test waits longer than this for anything.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    public Uri Address { get; }

    /// <summary>All of them, those without TLS first.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    public Uri? BackendAddress { get; }

    public IServiceProvider Services => _proxy.Services;

    public InMemoryConfigProvider Config => Services.GetRequiredService<InMemoryConfigProvider>();

    /// <summary>Starts both.</summary>
    public static async Task<ProxyUnderTest> StartAsync(
        RequestDelegate backend,
        Action<RouteOptions>? route = null,
        Action<ProxyClusterOptions>? cluster = null,
        Action<WebApplicationBuilder>? proxy = null,
        HttpProtocols backendProtocols = HttpProtocols.Http1,
        X509Certificate2? backendCertificate = null,
        Action<IApplicationBuilder>? backendPipeline = null)
    {
        var backendApp = await StartBackendAsync(backend, backendProtocols, backendCertificate, backendPipeline);
        return await StartAsync(new Uri(backendApp.Urls.First()), route, cluster, proxy, backendApp);
    }

    /// <summary>Starts the proxy in front of something else.</summary>
    public static async Task<ProxyUnderTest> StartAsync(
        Uri backend, Action<RouteOptions>? route = null, Action<ProxyClusterOptions>? cluster = null, Action<WebApplicationBuilder>? proxy = null, WebApplication? backendApp = null)
    {
        var builder = CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddNet2Proxy().LoadFromMemory([Route(route)], [Cluster(backend, cluster)]);
        proxy?.Invoke(builder);
        var app = builder.Build();
        app.MapNet2Proxy();
        app.MapNet2NotFound();
        await app.StartAsync();
        return new ProxyUnderTest(backendApp, app);
    }

    public static async Task<WebApplication> StartBackendAsync(
        RequestDelegate answer, HttpProtocols protocols = HttpProtocols.Http1, X509Certificate2? certificate = null, Action<IApplicationBuilder>? pipeline = null)
    {
        var builder = CreateBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                if (certificate is not null) listen.UseHttps(certificate);
            });
        });
        var app = builder.Build();
        pipeline?.Invoke(app);
        app.Run(answer);
        await app.StartAsync();
        return app;
    }

    public static RouteOptions Route(Action<RouteOptions>? configure = null)
    {
        var route = new RouteOptions { RouteId = "all", ClusterId = "backend" };
        route.Match.Path = "/{**rest}";
        configure?.Invoke(route);
        return route;
    }

    public static ProxyClusterOptions Cluster(Uri backend, Action<ProxyClusterOptions>? configure = null)
    {
        var cluster = new ProxyClusterOptions { ClusterId = "backend" };
        cluster.Destinations["only"] = new DestinationOptions { Address = backend.ToString() };
        configure?.Invoke(cluster);
        return cluster;
    }

    /// <summary>A client that hides nothing: no redirects, no cookies, no decompression.</summary>
    public HttpClient CreateClient(Version? version = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.None, ActivityHeadersPropagator = null,
            // A response that a test gives up ends at once: by default the handler goes on reading for two seconds.
            ResponseDrainTimeout = TimeSpan.Zero,
        };
        return new HttpClient(handler)
        {
            BaseAddress = Address,
            Timeout = Patience,
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _proxy.StopAsync(hurry.Token);
        await _proxy.DisposeAsync();
        if (_backend is null) return;
        await _backend.StopAsync(hurry.Token);
        await _backend.DisposeAsync();
    }

    public static WebApplicationBuilder CreateBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        if (TestSockets.AreOurs) builder.WebHost.UseNet2Sockets();
        return builder;
    }
}
