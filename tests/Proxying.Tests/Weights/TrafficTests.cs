using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Tests.Configuration;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Weights;

/// <summary>Where requests through a proxy really go: destinations on sockets, time moved by hand.</summary>
public sealed class TrafficTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly Dictionary<string, ScriptedOrigin> _origins = new(StringComparer.Ordinal);

    public ValueTask InitializeAsync()
    {
        foreach (var name in (string[])["a", "b", "c"])
            _origins[name] = ScriptedOrigin.Answering($"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nendpoint-load-metrics: TEXT cpu_utilization={(name == "a" ? "0.8" : "0.2")},rps=100\r\n\r\n{name}");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var origin in _origins.Values) await origin.DisposeAsync();
    }

    [Fact]
    public async Task Tiers_AsTheFirstFails_TakeOverAndGiveBack()
    {
        await using var proxy = Create(("a", ""), ("b", ""), ("c", "\"Priority\": 1"));
        using var client = await proxy.StartAsync();
        Assert.Equal("ab", await WhoAnswersAsync(client));
        Say(proxy, "a", DestinationHealth.Unhealthy);
        Assert.Equal("bbbbbbbccc", await ShareAsync(client, 10));
        Say(proxy, "b", DestinationHealth.Unhealthy);
        Assert.Equal("c", await WhoAnswersAsync(client));
        Say(proxy, "a", DestinationHealth.Healthy);
        Say(proxy, "b", DestinationHealth.Healthy);
        Assert.Equal("ab", await WhoAnswersAsync(client));
    }

    [Fact]
    public async Task LocalZone_OfTheHost_IsPreferredUntilItDoesNotSuffice()
    {
        await using var proxy = Create("\"LocalZone\": \"eu\", ", "\"LoadBalancingPolicy\": \"RoundRobin\", ", "", ("a", "\"Zone\": \"eu\""), ("b", "\"Zone\": \"EU\""), ("c", "\"Zone\": \"us\""));
        using var client = await proxy.StartAsync();
        Assert.Equal("ab", await WhoAnswersAsync(client));
        Say(proxy, "a", DestinationHealth.Unhealthy);
        Assert.Equal("bc", await WhoAnswersAsync(client));
    }

    [Fact]
    public async Task Subset_ByAHeaderOrTheRoute_IsWhereRequestsGo()
    {
        const string cluster = "\"LoadBalancingPolicy\": \"RoundRobin\", \"Subsets\": { \"FromHeaders\": { \"version\": \"X-Version\" } }, ";
        (string, string)[] destinations = [("a", "\"Metadata\": { \"version\": \"1\" }"), ("b", "\"Metadata\": { \"version\": \"1\" }"), ("c", "\"Metadata\": { \"version\": \"2\" }")];
        await using (var proxy = Create("", cluster, "", destinations))
        {
            using var client = await proxy.StartAsync();
            Assert.Equal("abc", await WhoAnswersAsync(client));
            client.DefaultRequestHeaders.Add("X-Version", "1");
            Assert.Equal("ab", await WhoAnswersAsync(client));
            client.DefaultRequestHeaders.Remove("X-Version");
            client.DefaultRequestHeaders.Add("X-Version", "3");
            using var response = await client.GetAsync("/");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        await using var pinned = Create("", cluster, ", \"Subset\": { \"version\": \"2\" }", destinations);
        using var other = await pinned.StartAsync();
        other.DefaultRequestHeaders.Add("X-Version", "1");
        Assert.Equal("c", await WhoAnswersAsync(other));
    }

    [Fact]
    public async Task SlowStart_OfADestinationThatComesBack_GivesItTrafficStepByStep()
    {
        await using var proxy = Create("", "\"LoadBalancingPolicy\": \"RoundRobin\", \"SlowStart\": { \"Window\": \"00:00:10\", \"MinPercent\": 25 }, ", "", ("a", ""), ("b", ""), ("c", "\"Weight\": 0"));
        using var client = await proxy.StartAsync();
        Say(proxy, "b", DestinationHealth.Unhealthy);
        Say(proxy, "b", DestinationHealth.Healthy);
        Assert.Equal(20, (await ShareAsync(client, 100)).Count(c => c == 'b'), 1.0);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(33, (await ShareAsync(client, 100)).Count(c => c == 'b'), 1.0);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(50, (await ShareAsync(client, 100)).Count(c => c == 'b'));
    }

    [Theory]
    [InlineData("\"Enabled\": true", false)]
    [InlineData("\"PassOn\": true", true)]
    public async Task ReportedLoad_MovesTrafficAndStaysBetweenProxyAndDestination(string settings, bool passedOn)
    {
        await using var proxy = Create("", $"\"LoadBalancingPolicy\": \"RoundRobin\", \"ReportedLoad\": {{ {settings} }}, ", "", ("a", ""), ("b", ""));
        using var client = await proxy.StartAsync();
        Assert.Equal("aaaaabbbbb", await ShareAsync(client, 10));
        _time.Advance(TimeSpan.FromSeconds(1));

        // 100 ÷ 0.8 = 125 against 100 ÷ 0.2 = 500.
        Assert.Equal("aabbbbbbbb", await ShareAsync(client, 10));
        using var response = await client.GetAsync("/");
        Assert.Equal(passedOn, response.Headers.Contains("endpoint-load-metrics"));
    }

    [Fact]
    public async Task ReportedLoad_NotAskedFor_IsAFieldLikeAnyOther()
    {
        await using var proxy = Create(("a", ""), ("b", ""));
        using var client = await proxy.StartAsync();
        using var response = await client.GetAsync("/");
        Assert.True(response.Headers.Contains("endpoint-load-metrics"));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("aaaaabbbbb", await ShareAsync(client, 10));
    }

    private ConfiguredProxy Create(params (string Name, string Settings)[] destinations) => Create("", "\"LoadBalancingPolicy\": \"RoundRobin\", ", "", destinations);

    private ConfiguredProxy Create(string root, string cluster, string route, params (string Name, string Settings)[] destinations)
    {
        var all = string.Join(", ", destinations.Select(d => $"\"{d.Name}\": {{ \"Address\": \"{_origins[d.Name].Uri}\"{(d.Settings.Length > 0 ? ", " + d.Settings : "")} }}"));
        return ConfiguredProxy.FromJson(
            $$"""
            { "Net2Proxy": { {{root}} "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" }{{route}} } },
              "Clusters": { "c": { {{cluster}} "Destinations": { {{all}} } } } } }
            """,
            builder => builder.Services.AddSingleton<TimeProvider>(_time));
    }

    private static void Say(ConfiguredProxy proxy, string destination, DestinationHealth health)
    {
        var cluster = proxy.App.Services.GetRequiredService<IClusterRegistry>().Clusters.Single();
        cluster.Update(cluster.Snapshot.Destinations.Single(d => d.Id == destination), "test", s => s with { Active = health });
    }

    /// <summary>The names of all who answer, each once.</summary>
    private static async Task<string> WhoAnswersAsync(HttpClient client) => string.Concat((await ShareAsync(client, 12)).Distinct());

    /// <summary>The names of those who answer so many requests, sorted.</summary>
    private static async Task<string> ShareAsync(HttpClient client, int requests)
    {
        var names = new List<string>();
        for (var i = 0; i < requests; i++) names.Add(await client.GetStringAsync("/").WaitAsync(TimeSpan.FromSeconds(20)));
        return string.Concat(names.Order(StringComparer.Ordinal));
    }
}
