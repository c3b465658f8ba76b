using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;

namespace Net2Secure.Routing.Testing.Tests;

/// <summary>What docs/testing.md shows: one question of a user each, answered without a socket and without waiting.</summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task Failover_AServerRefusesConnections_OthersAnswerEveryRequest()
    {
        using var shop = new ShopUnderTest();
        shop.Backends["http://anna/"].Fails(BackendFailure.Refused);

        var spread = await shop.SpreadAsync(30);

        Assert.Equal(0, spread["anna"]);
        Assert.Equal(30, spread["ben"] + spread["carl"]);
        Assert.InRange(shop.Backends["http://anna/"].Attempts, 1, 5); // then its circuit is open
    }

    [Theory]
    [InlineData("GET", 2)]
    [InlineData("POST", 1)]
    public async Task Retry_ConnectionBreaksAfterTheRequestWasSent_RepeatsWhatMayBeRepeated(string method, int attempts)
    {
        using var shop = new ShopUnderTest();
        foreach (var name in (string[])["anna", "ben", "carl"]) shop.Backends[$"http://{name}/"].FailsNext(BackendFailure.Reset);
        shop.Backends["http://ben/"].Recovers();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/orders");

        var answer = shop.Client.SendAsync(request);

        if (attempts == 1) await Assert.ThrowsAsync<HttpRequestException>(() => shop.Time.AdvanceUntilAsync(answer));
        else Assert.Equal(HttpStatusCode.OK, (await shop.Time.AdvanceUntilAsync(answer)).StatusCode);
        Assert.Equal(attempts, ((string[])["anna", "ben", "carl"]).Sum(n => shop.Backends[$"http://{n}/"].Attempts));
    }

    [Fact]
    public async Task AttemptTimeout_AServerHangs_AnotherAnswersWhenItsTimeIsUp()
    {
        using var shop = new ShopUnderTest(cluster => cluster.Resilience = new() { AttemptTimeout = TimeSpan.FromSeconds(2) });
        shop.Backends["http://anna/"].Fails(BackendFailure.Hang);
        shop.Backends["http://ben/"].Takes(TimeSpan.FromMilliseconds(30));
        shop.Backends["http://carl/"].Fails(BackendFailure.Refused);

        var answers = new[] { shop.Client.GetStringAsync("/"), shop.Client.GetStringAsync("/"), shop.Client.GetStringAsync("/") };
        await shop.Time.AdvanceUntilAsync(Task.WhenAll(answers));

        Assert.All(answers, a => Assert.Equal("ben:80", a.Result));
        Assert.Equal(TimeSpan.FromMilliseconds(2030), shop.Time.Elapsed);
    }

    [Fact]
    public async Task SlowStart_AServerIsBack_GrowsIntoItsShare()
    {
        using var shop = new ShopUnderTest(cluster => cluster.SlowStart = new() { Window = TimeSpan.FromSeconds(60), MinPercent = 10 });
        var control = shop.Get<IDestinationControl>();
        Assert.True(control.Force("shop", "carl", DestinationOverride.Unhealthy, "maintenance"));
        Assert.Equal(0, (await shop.SpreadAsync(30))["carl"]);

        control.Force("shop", "carl", DestinationOverride.None, "done");
        var atFirst = (await shop.SpreadAsync(210))["carl"];
        shop.Time.Advance(TimeSpan.FromSeconds(30));
        var halfWay = (await shop.SpreadAsync(210))["carl"];
        shop.Time.Advance(TimeSpan.FromSeconds(30));
        var inTheEnd = (await shop.SpreadAsync(210))["carl"];

        Assert.InRange(atFirst, 9, 11);   // weights 1, 1 and 0.1
        Assert.InRange(halfWay, 41, 43);  // 1, 1 and 0.5
        Assert.InRange(inTheEnd, 69, 71); // 1, 1 and 1
    }

    [Fact]
    public async Task Ejection_FiveFailuresInARow_EjectsAndReadmitsOnceItAnswers()
    {
        using var shop = new ShopUnderTest(cluster => cluster.HealthCheck = new()
        {
            Passive = new() { Enabled = true, ConsecutiveGatewayErrors = 5, ReactivationPeriod = TimeSpan.FromSeconds(10) },
        });
        shop.Backends["http://anna/"].Fails(BackendFailure.ServiceUnavailable);
        for (var i = 0; i < 30; i++) (await shop.Client.GetAsync("/")).Dispose();
        var during = shop.Backends["http://anna/"].Requests.Count;

        shop.Backends["http://anna/"].Recovers();
        shop.Time.Advance(TimeSpan.FromMinutes(1));
        var after = await shop.SpreadAsync(30);

        Assert.Equal(5, during);
        Assert.InRange(after["anna"], 9, 11);
    }

    [Fact]
    public async Task Probes_AServerSaysItIsIll_GetsNothingUntilItIsWell()
    {
        using var shop = new ShopUnderTest(cluster => cluster.HealthCheck = new() { Active = new() { Enabled = true, Interval = TimeSpan.FromSeconds(5), Path = "/health" } });
        await shop.SpreadAsync(3);
        shop.Backends["http://ben/"].Answers(r => new HttpResponseMessage(r.Target == "/health" ? HttpStatusCode.InternalServerError : HttpStatusCode.OK));
        shop.Time.Advance(TimeSpan.FromSeconds(30));

        var requests = shop.Backends["http://ben/"].Requests.Count(r => r.Target == "/");
        for (var i = 0; i < 20; i++) (await shop.Client.GetAsync("/")).Dispose();

        Assert.Equal(requests, shop.Backends["http://ben/"].Requests.Count(r => r.Target == "/"));
        Assert.Contains(shop.Backends["http://ben/"].Requests, r => r.Target == "/health");
    }

    [Fact]
    public async Task Affinity_SameKey_StaysUntilItsServerIsGone()
    {
        using var shop = new ShopUnderTest(cluster => cluster.SessionAffinity = new() { Enabled = true, Policy = SessionAffinityNames.RequestKey });
        var homes = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 10; i++) homes.Add(await AskAsync(shop, "basket-7"));
        var home = Assert.Single(homes);

        shop.Backends[$"http://{home}/"].Fails(BackendFailure.Refused);

        Assert.NotEqual(home, await AskAsync(shop, "basket-7"));
    }

    [Fact]
    public async Task PolicyOfOnesOwn_ByName_PicksAsItSays()
    {
        using var shop = new ShopUnderTest(
            cluster => cluster.LoadBalancingPolicy = "LongestName",
            balancing => balancing.AddLoadBalancingPolicy<LongestNamePolicy>("LongestName"));

        Assert.Equal(0, (await shop.SpreadAsync(10))["ben"]);
    }

    private static async Task<string> AskAsync(ShopUnderTest shop, string basket)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cart");
        request.Options.Set(BalancingRequestOptions.AffinityKey, basket);
        using var response = await shop.Time.AdvanceUntilAsync(shop.Client.SendAsync(request));
        return (await response.Content.ReadAsStringAsync()).Split(':')[0];
    }

    private sealed class LongestNamePolicy : ILoadBalancingPolicy
    {
        public Destination? Pick(in BalancingContext context)
        {
            var longest = context.Candidates[0];
            foreach (var candidate in context.Candidates.Destinations)
            {
                if (candidate.Id.Length > longest.Id.Length) longest = candidate;
            }

            return longest;
        }
    }
}
