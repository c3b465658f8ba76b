using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Balancing.Tests.Registration;

public sealed class AddNet2BalancingTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task HttpClient_OfACluster_BalancesAbsoluteAndRelativeUrls()
    {
        await using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c => c.Destinations["a"] = new() { Address = server.Address });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        Assert.Equal("ok", await client.GetStringAsync("http://whatever/one").WaitAsync(Bound));
        Assert.Equal("ok", await client.GetStringAsync("/two").WaitAsync(Bound));
        Assert.Equal(["GET /one HTTP/1.1", "GET /two HTTP/1.1"], server.Heads.Select(h => h.Split("\r\n")[0]));
    }

    [Fact]
    public void HttpClient_BaseAddressOfTheUser_Stays()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("shop", c => c.BaseAddress = new Uri("http://mine/api/")).AddNet2Balancing("shop");
        using var provider = services.BuildServiceProvider();
        Assert.Equal("http://mine/api/", provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop").BaseAddress!.AbsoluteUri);
    }

    [Fact]
    public async Task HttpClient_UnknownCluster_FailsWithItsName()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("shop").AddNet2Balancing("not there");
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        Assert.Equal("not there", (await Assert.ThrowsAsync<NoDestinationException>(() => client.GetAsync("/"))).ClusterId);
    }

    [Fact]
    public void AddNet2Balancing_Twice_RegistersOnce()
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing();
        var count = services.Count;
        services.AddNet2Balancing().AddCluster("shop", _ => { });
        Assert.Equal(count + 1, services.Count);
        using var provider = services.BuildServiceProvider();
        Assert.Same(provider.GetRequiredService<ClusterRegistry>(), provider.GetRequiredService<IClusterRegistry>());
    }

    [Fact]
    public void AddCluster_TwiceForOneName_AddsUp()
    {
        var registry = Build(b => b
            .AddCluster("shop", c => c.Destinations["a"] = new() { Address = "http://10.0.0.1" })
            .AddCluster("SHOP", c => c.Destinations["b"] = new() { Address = "http://10.0.0.2" }));
        Assert.Equal(["a", "b"], registry.Clusters.Single().Snapshot.Destinations.Select(d => d.Id));
    }

    [Fact]
    public void AddCluster_NotValid_FailsWhenTheRegistryIsAskedFor()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Build(b => b.AddCluster("shop", c => c.Destinations["a"] = new() { Address = "x" })));
        Assert.Equal("clusters added in code", error.OptionsName);
    }

    [Fact]
    public void AddLoadBalancingPolicy_ByType_IsMadePerClusterWithItsServices()
    {
        var registry = Build(b => b
            .AddLoadBalancingPolicy<LastPolicy>("Last")
            .AddCluster("one", c => c.LoadBalancingPolicy = "last")
            .AddCluster("two", c => c.LoadBalancingPolicy = "LAST"));
        var policies = registry.Clusters.Select(c => c.Snapshot.Policy).ToArray();
        Assert.All(policies, p => Assert.IsType<LastPolicy>(p));
        Assert.NotSame(policies[0], policies[1]);
    }

    [Fact]
    public void AddLoadBalancingPolicy_NameOfABuiltIn_ReplacesIt()
    {
        var registry = Build(b => b
            .AddLoadBalancingPolicy("random", s => new LastPolicy(s.GetRequiredService<RandomSource>()))
            .AddCluster("shop", c => c.LoadBalancingPolicy = LoadBalancingPolicyNames.Random));
        Assert.IsType<LastPolicy>(registry.Clusters.Single().Snapshot.Policy);
    }

    [Fact]
    public void AddLoadBalancingPolicy_Unknown_ListsTheUsersNamesToo()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Build(b => b
            .AddLoadBalancingPolicy<LastPolicy>("Last")
            .AddCluster("shop", c => c.LoadBalancingPolicy = "Lats")));
        Assert.Contains("shop:LoadBalancingPolicy: 'Lats'", error.Message, StringComparison.Ordinal);
        Assert.All(["Last", "RoundRobin", "Random"], name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    private static IClusterRegistry Build(Action<INet2BalancingBuilder> configure)
    {
        var services = new ServiceCollection();
        configure(services.AddNet2Balancing());
        return services.BuildServiceProvider().GetRequiredService<IClusterRegistry>();
    }

    private sealed class LastPolicy(RandomSource random) : ILoadBalancingPolicy
    {
        public Destination? Pick(in BalancingContext context) => random is null ? null : context.Candidates[^1];
    }
}
