using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Weights;

/// <summary>Where the requests of an <see cref="HttpClient"/> really go, with no proxy between: servers on sockets, time moved by hand.</summary>
public sealed class HttpClientTrafficTests : IAsyncDisposable
{
    private readonly Dictionary<string, LoopbackServer> _servers = new(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values) await server.DisposeAsync();
    }

    [Fact]
    public async Task Tiers_AsTheFirstFails_TakeOver()
    {
        using var live = Start(o => o.Destinations["c"].Priority = 1);
        using var client = Client(live);
        Assert.Equal("ab", await WhoAnswersAsync(client));
        live.Say("a", DestinationHealth.Unhealthy);
        live.Say("b", DestinationHealth.Unhealthy);
        Assert.Equal("c", await WhoAnswersAsync(client));
    }

    [Fact]
    public async Task Tiers_EverybodyOfTheFirstFailedThisRequest_GoesOnToTheNext()
    {
        using var live = Start(o => o.Destinations["c"].Priority = 1);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/");
        foreach (var name in (string[])["a", "b"]) RequestRouting.GetOrCreate(request).Exclude(live[name]);
        using var client = Client(live);
        using var response = await client.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("c", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Zones_LocalOnes_ArePreferred()
    {
        using var live = Start(o =>
        {
            o.Zones = new() { Local = "eu" };
            foreach (var (name, zone) in (IEnumerable<(string, string)>)[("a", "eu"), ("b", "eu"), ("c", "us")]) o.Destinations[name].Zone = zone;
        });
        using var client = Client(live);
        Assert.Equal("ab", await WhoAnswersAsync(client));
        live.Say("b", DestinationHealth.Unhealthy);
        Assert.Equal("ac", await WhoAnswersAsync(client));
    }

    [Fact]
    public async Task Subset_OfARequest_IsWhereItGoes()
    {
        using var live = Start(o => o.Destinations["b"].Metadata["version"] = "2");
        using var client = Client(live);
        var subset = new DestinationSubset("version", "2");
        for (var i = 0; i < 4; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/");
            request.Options.Set(BalancingRequestOptions.Subset, subset);
            using var response = await client.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal("b", await response.Content.ReadAsStringAsync());
        }

        using var nobody = new HttpRequestMessage(HttpMethod.Get, "http://shop/");
        nobody.Options.Set(BalancingRequestOptions.Subset, new DestinationSubset("version", "3"));
        await Assert.ThrowsAsync<NoDestinationException>(() => client.SendAsync(nobody).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task SlowStart_OfADestinationThatComesBack_GivesItTrafficStepByStep()
    {
        using var live = Start(o =>
        {
            o.SlowStart = new() { Window = TimeSpan.FromSeconds(10), MinPercent = 50 };
            o.Destinations.Remove("c");
        });
        using var client = Client(live);
        live.Say("b", DestinationHealth.Unhealthy);
        live.Say("b", DestinationHealth.Healthy);
        Assert.Equal("aaaaaabbb", await ShareAsync(client, 9));
        live.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("aaaaabbbbb", await ShareAsync(client, 10));
    }

    [Fact]
    public async Task ReportedLoad_OfTheAnswers_MovesTraffic()
    {
        using var live = Start(
            o =>
            {
                o.ReportedLoad = new();
                o.Destinations.Remove("c");
            },
            name => $"endpoint-load-metrics: JSON {{\"cpu_utilization\":{(name == "a" ? "0.8" : "0.2")},\"rps_fractional\":10}}\r\n");
        using var client = Client(live);
        Assert.Equal("aaaaabbbbb", await ShareAsync(client, 10));
        live.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("aabbbbbbbb", await ShareAsync(client, 10));
    }

    private LiveCluster Start(Action<ClusterOptions> configure, Func<string, string>? fields = null)
    {
        foreach (var name in (string[])["a", "b", "c"]) _servers[name] = new LoopbackServer($"HTTP/1.1 200 OK\r\n{fields?.Invoke(name)}Content-Length: 1\r\n\r\n{name}");
        return new LiveCluster(
            o =>
            {
                o.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
                foreach (var (name, server) in _servers) o.Destinations[name] = new() { Address = server.Address };
                configure(o);
            },
            s => s.AddHttpClient("shop").AddNet2Balancing("shop"));
    }

    private static HttpClient Client(LiveCluster live) => live.Services.GetRequiredService<IHttpClientFactory>().CreateClient("shop");

    private static async Task<string> WhoAnswersAsync(HttpClient client) => string.Concat((await ShareAsync(client, 12)).Distinct());

    private static async Task<string> ShareAsync(HttpClient client, int requests)
    {
        var names = new List<string>();
        for (var i = 0; i < requests; i++) names.Add(await client.GetStringAsync("/").WaitAsync(TimeSpan.FromSeconds(20)));
        return string.Concat(names.Order(StringComparer.Ordinal));
    }
}
