using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Affinity;

/// <summary>A client without a proxy keeps requests together: by keys of its code, by a header, and by cookies that it sends itself.</summary>
public sealed class HttpClientAffinityTests : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly LoopbackServer[] _servers = [.. Enumerable.Range(0, 3).Select(i => new LoopbackServer($"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{i}"))];

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }

    [Fact]
    public async Task SendAsync_SameAffinityKey_GoesToTheSameDestination()
    {
        await using var provider = Provider(a => a.Policy = SessionAffinityNames.RequestKey);
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        var homes = new HashSet<string>();
        for (var basket = 0; basket < 12; basket++)
        {
            var answers = new HashSet<string>();
            for (var i = 0; i < 4; i++) answers.Add(await AskAsync(client, $"basket {basket}"));
            homes.Add(Assert.Single(answers));
        }

        Assert.True(homes.Count > 1);
    }

    [Fact]
    public async Task SendAsync_HomeOfAKeyOrderedOut_MovesAndStaysThere()
    {
        await using var provider = Provider(a => a.Policy = SessionAffinityNames.RequestKey);
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        var cluster = provider.GetRequiredService<IClusterRegistry>().Clusters.Single();
        var home = await AskAsync(client, "basket");
        var destination = cluster.Snapshot.Destinations[int.Parse(home, System.Globalization.CultureInfo.InvariantCulture)];
        cluster.Update(destination, "test", s => s with { Override = DestinationOverride.Unhealthy });
        var newHome = await AskAsync(client, "basket");
        Assert.NotEqual(home, newHome);
        cluster.Update(destination, "test", s => s with { Override = DestinationOverride.None });
        Assert.Equal(newHome, await AskAsync(client, "basket"));
    }

    [Fact]
    public async Task SendAsync_KeyOfAnAnswerSentBackInItsHeader_GoesToTheSameDestination()
    {
        await using var provider = Provider(a => (a.Policy, a.AffinityKeyName) = (SessionAffinityNames.CustomHeader, "X-Affinity"));
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        using var first = await client.GetAsync("/").WaitAsync(Bound);
        var (home, key) = (await first.Content.ReadAsStringAsync(), Assert.Single(first.Headers.GetValues("X-Affinity")));
        for (var i = 0; i < 5; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Affinity", key } } };
            using var answer = await client.SendAsync(request).WaitAsync(Bound);
            Assert.Equal(home, await answer.Content.ReadAsStringAsync());
            Assert.False(answer.Headers.Contains("X-Affinity"));
        }
    }

    [Fact]
    public async Task SendAsync_CookieOfAnAnswerSentBackByTheCaller_GoesToTheSameDestination()
    {
        await using var provider = Provider(a => a.AffinityKeyName = "n2s");
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        using var first = await client.GetAsync("/").WaitAsync(Bound);
        var home = await first.Content.ReadAsStringAsync();
        for (var i = 0; i < 5; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/").WithCookiesOf(first);
            using var answer = await client.SendAsync(request).WaitAsync(Bound);
            Assert.Equal(home, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Send_Synchronously_KeepsAlike()
    {
        await using var provider = Provider(a => a.Policy = SessionAffinityNames.RequestKey);
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        var home = await AskAsync(client, "basket");
        for (var i = 0; i < 4; i++)
        {
            using var request = Request("basket");
            using var answer = await Task.Run(() => client.Send(request)).WaitAsync(Bound);
            Assert.Equal(home, await answer.Content.ReadAsStringAsync());
        }
    }

    private static async Task<string> AskAsync(HttpClient client, string key)
    {
        using var request = Request(key);
        using var answer = await client.SendAsync(request).WaitAsync(Bound);
        return await answer.Content.ReadAsStringAsync();
    }

    private static HttpRequestMessage Request(string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/cart");
        request.Options.Set(BalancingRequestOptions.AffinityKey, key);
        return request;
    }

    private ServiceProvider Provider(Action<SessionAffinityOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c =>
        {
            c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
            c.SessionAffinity = new() { Enabled = true };
            configure(c.SessionAffinity);
            for (var i = 0; i < _servers.Length; i++) c.Destinations[$"d{i}"] = new DestinationOptions { Address = _servers[i].Address };
        });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        return services.BuildServiceProvider();
    }
}
