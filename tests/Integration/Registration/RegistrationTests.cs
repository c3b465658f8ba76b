using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Registration;

/// <summary>What an application writes to get a proxy, and what it is told when that is not enough.</summary>
public sealed class RegistrationTests
{
    [Fact]
    public async Task AddNet2Proxy_AndAClientOfTheSameCluster_ShareLiveState()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new SemaphoreSlim(0);
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                asked.Release();
                await held.Task.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync("ok");
            },
            proxy: builder => builder.Services.AddHttpClient("mine").AddNet2Balancing("backend"));
        using var throughProxy = proxy.CreateClient();
        var inside = proxy.Services.GetRequiredService<IHttpClientFactory>().CreateClient("mine");
        var registry = proxy.Services.GetRequiredService<IClusterRegistry>();
        Assert.True(registry.TryGet("backend", out var cluster));
        var destination = cluster.Snapshot.Destinations[0];

        var one = throughProxy.GetStringAsync("/");
        var other = inside.GetStringAsync("/");
        for (var i = 0; i < 2; i++) Assert.True(await asked.WaitAsync(ProxyUnderTest.Patience));
        Assert.Equal(2, destination.ConcurrentRequests);

        held.SetResult();
        Assert.Equal(["ok", "ok"], await Task.WhenAll(one, other).WaitAsync(ProxyUnderTest.Patience));
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (destination.ConcurrentRequests > 0) await Task.Delay(5, patience.Token);
    }

    [Fact]
    public async Task AddNet2Proxy_ClientOfAClusterThatIsReloaded_FollowsTheProxysConfiguration()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(
            context => context.Response.WriteAsync("old"), proxy: builder => builder.Services.AddHttpClient("mine").AddNet2Balancing("backend"));
        await using var other = await ProxyUnderTest.StartBackendAsync(context => context.Response.WriteAsync("new"));
        var client = proxy.Services.GetRequiredService<IHttpClientFactory>().CreateClient("mine");
        Assert.Equal("old", await client.GetStringAsync("/"));
        proxy.Config.Update([ProxyUnderTest.Route()], [ProxyUnderTest.Cluster(new Uri(other.Urls.First()))]);
        Assert.Equal("new", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task AddNet2Proxy_Twice_IsOneProxy()
    {
        await using var backend = await ProxyUnderTest.StartBackendAsync(context => context.Response.WriteAsync("ok"));
        var builder = Builder(backend.Urls.First());
        builder.Services.AddNet2Proxy();
        builder.Services.AddNet2Balancing();
        var once = Ours(builder.Services);
        builder.Services.AddNet2Proxy();
        builder.Services.AddNet2Balancing();
        Assert.Equal(once, Ours(builder.Services));
        await using var app = builder.Build();
        app.MapNet2Proxy();
        app.MapNet2Proxy();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = ProxyUnderTest.Patience };
        Assert.Equal("ok", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task MapNet2Proxy_WithoutAddNet2Proxy_SaysWhatToDo()
    {
        await using var app = Builder("http://10.0.0.1/").Build();
        Assert.Contains("AddNet2Proxy", Assert.Throws<InvalidOperationException>(() => app.MapNet2Proxy()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MapNet2Proxy_RouteToAMissingCluster_FailsWithPathAndSuggestion()
    {
        var builder = Builder("http://10.0.0.1/", ("Net2Proxy:Routes:all:ClusterId", "bakcend"));
        builder.Services.AddNet2Proxy();
        await using var app = builder.Build();
        var error = Assert.Single(Assert.Throws<ProxyConfigException>(() => app.MapNet2Proxy()).Errors);
        Assert.Equal("Net2Proxy:Routes:all:ClusterId", error.Path);
        Assert.Contains("'bakcend' is not a cluster", error.Message, StringComparison.Ordinal);
        Assert.Contains("'backend'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MapNet2Proxy_UnknownPolicy_FailsAndListsThoseOfTheUserToo()
    {
        var builder = Builder("http://10.0.0.1/", ("Net2Proxy:Clusters:backend:LoadBalancingPolicy", "Tenants"));
        builder.Services.AddNet2Proxy();
        builder.Services.AddNet2LoadBalancingPolicy<LastPolicy>("ByTenant");
        await using var app = builder.Build();
        var error = Assert.Single(Assert.Throws<ProxyConfigException>(() => app.MapNet2Proxy()).Errors);
        Assert.Equal("Net2Proxy:Clusters:backend:LoadBalancingPolicy", error.Path);
        Assert.All(["'Tenants'", "ByTenant", "RoundRobin", "PowerOfTwoChoices", "LeastRequests", "Random", "FirstAlphabetical"], name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AddNet2LoadBalancingPolicy_NamedInConfiguration_Picks()
    {
        await using var first = await ProxyUnderTest.StartBackendAsync(context => context.Response.WriteAsync("first"));
        await using var last = await ProxyUnderTest.StartBackendAsync(context => context.Response.WriteAsync("last"));
        var builder = Builder(
            first.Urls.First(), ("Net2Proxy:Clusters:backend:LoadBalancingPolicy", "lastOne"), ("Net2Proxy:Clusters:backend:Destinations:z:Address", last.Urls.First()));
        builder.Services.AddNet2Proxy();
        builder.Services.AddNet2LoadBalancingPolicy<LastPolicy>("LastOne");
        await using var app = builder.Build();
        app.MapNet2Proxy();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = ProxyUnderTest.Patience };
        for (var i = 0; i < 3; i++) Assert.Equal("last", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task Proxy_ClusterOfTheCode_AndOneOfTheConfigurationByTheSameName_AreRefused()
    {
        var builder = Builder("http://10.0.0.1/");
        builder.Services.AddNet2Proxy();
        builder.Services.AddNet2Balancing().AddCluster("backend", c => c.Destinations["x"] = new DestinationOptions { Address = "http://10.0.0.2/" });
        await using var app = builder.Build();
        var error = Assert.Single(Assert.Throws<ProxyConfigException>(() => app.MapNet2Proxy()).Errors);
        Assert.Contains("backend", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Our services and implementations. ASP.NET Core's own repeat some of theirs, which is meant to be harmless.</summary>
    private static List<string> Ours(IServiceCollection services) =>
        [.. services.Select(d => $"{d.ServiceType} {d.ImplementationType} {d.ImplementationInstance}").Where(d => d.Contains("Net2Secure", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static WebApplicationBuilder Builder(string destination, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Net2Proxy:Routes:all:ClusterId"] = "backend",
            ["Net2Proxy:Routes:all:Match:Path"] = "/{**rest}",
            ["Net2Proxy:Clusters:backend:Destinations:a:Address"] = destination,
        };
        foreach (var (key, value) in settings) all[key] = value;
        builder.Configuration.AddInMemoryCollection(all);
        return builder;
    }

    private sealed class LastPolicy : ILoadBalancingPolicy
    {
        public Destination? Pick(in BalancingContext context) => context.Candidates[context.Candidates.Count - 1];
    }
}
