using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Forwarding;

/// <summary>Routes, clusters and destinations are swapped many times while hundreds of requests are in flight: from memory, from a file, from a source of the user.</summary>
public sealed class ReloadUnderLoadTests
{
    private const int Clients = 200;

    [Fact]
    public async Task Memory_SwappedUnderLoad_LosesNoRequest()
    {
        await using var backends = await Backends.StartAsync();
        var config = new InMemoryConfigProvider([Route("a")], [Cluster("a", backends.First)]);
        await using var proxy = await StartAsync(p => p.Services.AddSingleton<IProxyConfigProvider>(config));
        await AssertNoLossAsync(proxy, async i =>
        {
            // Now and then everything is new: the names of route and cluster, the destination, the settings of the transport.
            var name = i % 3 == 0 ? "a" : "b" + i;
            config.Update([Route(name)], [Cluster(name, i % 2 == 0 ? backends.First : backends.Second, i % 5)]);
            await Task.Yield();
        });
    }

    [Fact]
    public async Task File_ReplacedUnderLoad_LosesNoRequest()
    {
        var folder = Directory.CreateTempSubdirectory("net2-");
        try
        {
            await using var backends = await Backends.StartAsync();
            var path = Path.Combine(folder.FullName, "proxy.json");
            await File.WriteAllTextAsync(path, Json("a", backends.First));
            await using var proxy = await StartAsync(p => p.LoadFromFile(path));
            var inspector = proxy.Services.GetRequiredService<IProxyInspector>();
            await AssertNoLossAsync(proxy, times: 6, change: async i =>
            {
                var name = "c" + i;
                await File.WriteAllTextAsync(path + ".new", Json(name, i % 2 == 0 ? backends.First : backends.Second));
                File.Move(path + ".new", path, overwrite: true);
                await EventuallyAsync(() => inspector.Clusters[0].ClusterId == name, TimeSpan.FromSeconds(1.5));

                // And once something that cannot be: it changes nothing.
                if (i == 3) await File.WriteAllTextAsync(path, "{ \"Net2Proxy\": { \"Routes\": { \"half");
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task SourceOfTheUser_PushingUnderLoad_LosesNoRequest()
    {
        await using var backends = await Backends.StartAsync();
        var source = new Discovery([Route("a")], [Cluster("a", backends.First)]);
        await using var proxy = await StartAsync(p => p.Services.AddSingleton<IProxyConfigProvider>(source));
        await AssertNoLossAsync(proxy, i =>
        {
            source.Push([Route("a")], [Cluster("a", i % 2 == 0 ? backends.First : backends.Second)]);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Destination_Removed_GetsNothingAfterASecondAndOneAddedDoes()
    {
        await using var backends = await Backends.StartAsync();
        var config = new InMemoryConfigProvider([Route("a")], [Cluster("a", backends.First)]);
        await using var proxy = await StartAsync(p => p.Services.AddSingleton<IProxyConfigProvider>(config));
        using var stop = new CancellationTokenSource();
        var seen = new ConcurrentQueue<string>();
        var load = StartLoad(proxy, seen.Enqueue, stop.Token);
        await EventuallyAsync(() => seen.Count > 500, ProxyUnderTest.Patience);
        config.Update([Route("a")], [Cluster("a", backends.Second)]);

        // What was on its way may still arrive there; a second later nothing does any more.
        await EventuallyAsync(() => backends.Asked("second") > 0, TimeSpan.FromSeconds(1));
        await Task.Delay(TimeSpan.FromSeconds(1));
        var (before, after) = (backends.Asked("first"), backends.Asked("second"));
        await EventuallyAsync(() => backends.Asked("second") > after + 500, ProxyUnderTest.Patience);
        await stop.CancelAsync();
        await load;
        Assert.Equal(before, backends.Asked("first"));
    }

    [Fact]
    public async Task Request_InFlightWhenEverythingChanges_FinishesOnTheOldSnapshot()
    {
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var slow = await ProxyUnderTest.StartBackendAsync(async context =>
        {
            started.SetResult();
            await release.Task;
            await context.Response.WriteAsync("old " + context.Request.Path + context.Request.Headers["Stamp"]);
        });
        await using var backends = await Backends.StartAsync();
        var old = Route("a");
        old.WithTransformPathPrefix("/before").WithTransformRequestHeader("Stamp", "1").WithTransformResponseHeader("Revision", "old");
        var config = new InMemoryConfigProvider([old], [Cluster("a", new Uri(slow.Urls.First()))]);
        await using var proxy = await StartAsync(p => p.Services.AddSingleton<IProxyConfigProvider>(config));
        using var client = Client(proxy);
        var running = client.GetAsync("/x");
        await started.Task.WaitAsync(ProxyUnderTest.Patience);

        config.Update([Route("b")], [Cluster("b", backends.First)]);
        Assert.Equal("first", await client.GetStringAsync("/x"));
        release.SetResult();
        using var response = await running.WaitAsync(ProxyUnderTest.Patience);
        Assert.Equal("old /before/x1", await response.Content.ReadAsStringAsync());
        Assert.Equal("old", response.Headers.GetValues("Revision").Single());
    }

    [Theory]
    [InlineData("1.1", HttpVersionPolicy.RequestVersionOrLower)]
    [InlineData("2.0", HttpVersionPolicy.RequestVersionExact)]
    public async Task Response_RunningLongAfterItsTransportWasReplaced_IsFinished(string version, HttpVersionPolicy policy)
    {
        var time = new ManualTimeProvider();
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var slow = await ProxyUnderTest.StartBackendAsync(
            async context =>
            {
                await context.Response.WriteAsync("one ");
                await context.Response.Body.FlushAsync();
                started.SetResult();
                await release.Task;
                await context.Response.WriteAsync("two");
            },
            version == "1.1" ? HttpProtocols.Http1 : HttpProtocols.Http2);
        await using var backends = await Backends.StartAsync();
        var old = Cluster("a", new Uri(slow.Urls.First()));
        old.HttpRequest = new() { Version = new Version(version), VersionPolicy = policy };
        var config = new InMemoryConfigProvider([Route("a")], [old]);
        await using var proxy = await StartAsync(p =>
        {
            p.Services.AddSingleton<TimeProvider>(time);
            p.Services.AddSingleton<IProxyConfigProvider>(config);
        });
        using var client = Client(proxy);
        using var running = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        await started.Task.WaitAsync(ProxyUnderTest.Patience);

        config.Update([Route("b")], [Cluster("b", backends.First)]);
        time.Advance(TimeSpan.FromSeconds(60));
        release.SetResult();
        Assert.Equal("one two", await running.Content.ReadAsStringAsync().WaitAsync(ProxyUnderTest.Patience));
    }

    private static async Task AssertNoLossAsync(WebApplication proxy, Func<int, Task> change, int times = 100)
    {
        using var stop = new CancellationTokenSource();
        var served = 0;
        var load = StartLoad(proxy, _ => Interlocked.Increment(ref served), stop.Token);
        await EventuallyAsync(() => Volatile.Read(ref served) > Clients, ProxyUnderTest.Patience);
        for (var i = 0; i < times; i++)
        {
            var before = Volatile.Read(ref served);
            await change(i);
            await EventuallyAsync(() => Volatile.Read(ref served) > before, ProxyUnderTest.Patience);
        }

        await stop.CancelAsync();
        await load;
        Assert.True(served > Clients + times);
    }

    /// <summary>Hundreds of requests at a time, each of which has to be answered well.</summary>
    private static async Task StartLoad(WebApplication proxy, Action<string> served, CancellationToken stop)
    {
        using var client = Client(proxy);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var response = await client.GetAsync("/load");
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                served(await response.Content.ReadAsStringAsync());
            }
        }));
    }

    private static async Task EventuallyAsync(Func<bool> condition, TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"It did not happen within {within}.");
            await Task.Delay(1);
        }
    }

    private static HttpClient Client(WebApplication proxy) =>
        new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = Clients }) { BaseAddress = new Uri(proxy.Urls.First()), Timeout = ProxyUnderTest.Patience };

    private static async Task<WebApplication> StartAsync(Action<INet2ProxyBuilder> configure)
    {
        var builder = ProxyUnderTest.CreateBuilder();
        Microsoft.AspNetCore.Hosting.HostingAbstractionsWebHostBuilderExtensions.UseUrls(builder.WebHost, "http://127.0.0.1:0");
        configure(builder.Services.AddNet2Proxy());
        var app = builder.Build();
        app.MapNet2Proxy();
        await app.StartAsync();
        return app;
    }

    private static RouteOptions Route(string name) => ProxyUnderTest.Route(r => (r.RouteId, r.ClusterId) = (name, name));

    private static ProxyClusterOptions Cluster(string name, Uri address, int variant = 0) => ProxyUnderTest.Cluster(address, c =>
    {
        c.ClusterId = name;
        c.HttpClient = variant == 0 ? null : new() { ConnectTimeout = TimeSpan.FromSeconds(10 + variant) };
    });

    private static string Json(string name, Uri address) => $$"""
        { "Net2Proxy": { "Routes": { "{{name}}": { "ClusterId": "{{name}}", "Match": { "Path": "/{**rest}" } } },
                         "Clusters": { "{{name}}": { "Destinations": { "d": { "Address": "{{address}}" } } } } } }
        """;

    /// <summary>Two servers that say who they are and count.</summary>
    private sealed class Backends : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);
        private WebApplication _first = null!;
        private WebApplication _second = null!;

        public Uri First => new(_first.Urls.First());

        public Uri Second => new(_second.Urls.First());

        public static async Task<Backends> StartAsync()
        {
            var backends = new Backends();
            backends._first = await ProxyUnderTest.StartBackendAsync(backends.Answer("first"));
            backends._second = await ProxyUnderTest.StartBackendAsync(backends.Answer("second"));
            return backends;
        }

        public int Asked(string name) => _asked.GetValueOrDefault(name);

        public async ValueTask DisposeAsync()
        {
            await _first.DisposeAsync();
            await _second.DisposeAsync();
        }

        private RequestDelegate Answer(string name) => async context =>
        {
            _asked.AddOrUpdate(name, 1, static (_, count) => count + 1);
            await Task.Yield();
            await context.Response.WriteAsync(name);
        };
    }

    /// <summary>A source as a user would write it.</summary>
    private sealed class Discovery(IReadOnlyList<RouteOptions> routes, IReadOnlyList<ProxyClusterOptions> clusters) : IProxyConfigProvider
    {
        private Found _current = new(routes, clusters);

        public IProxyConfig GetConfig() => Volatile.Read(ref _current);

        public void Push(IReadOnlyList<RouteOptions> routes, IReadOnlyList<ProxyClusterOptions> clusters) => Interlocked.Exchange(ref _current, new(routes, clusters)).Changed.OnReload();

        private sealed record Found(IReadOnlyList<RouteOptions> Routes, IReadOnlyList<ProxyClusterOptions> Clusters) : IProxyConfig
        {
            public ConfigurationReloadToken Changed { get; } = new();

            public string RevisionId { get; } = Guid.NewGuid().ToString("N");

            public IChangeToken ChangeToken => Changed;
        }
    }
}
