using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Affinity;

/// <summary>Clients stay where they are for as long as that is possible, and otherwise where they came to.</summary>
public sealed class StickingTests
{
    private const string Secret = "a secret that all the proxies share";

    [Theory]
    [InlineData("HashCookie")]
    [InlineData("ArrCookie")]
    [InlineData("Cookie")]
    public async Task Clients_WithCookies_StickAlways(string policy)
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        var proxy = await backends.ProxyAsync(a => a.Policy = policy);
        using var client = proxy.CreateClient();
        var homes = new HashSet<string>();
        for (var i = 0; i < 12; i++)
        {
            var browser = new Browser(client);
            var home = await browser.GetAsync();
            homes.Add(home);
            Assert.StartsWith("n2s=", Assert.Single(browser.SetCookies), StringComparison.Ordinal);
            Assert.Contains("; HttpOnly; SameSite=Lax", browser.SetCookies[0], StringComparison.Ordinal);
            Assert.DoesNotContain("127.0.0.1", browser.SetCookies[0], StringComparison.Ordinal);
            for (var again = 0; again < 6; again++)
            {
                Assert.Equal(home, await browser.GetAsync());
                Assert.Empty(browser.SetCookies);
            }
        }

        Assert.Equal(3, homes.Count);
    }

    [Theory]
    [InlineData("HashCookie")]
    [InlineData("Cookie")]
    public async Task Backend_Dies_OnlyItsClientsMoveAndStayWhenItIsBack(string policy)
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        var proxy = await backends.ProxyAsync(a => a.Policy = policy);
        using var client = proxy.CreateClient();
        var browsers = Enumerable.Range(0, 9).Select(_ => new Browser(client)).ToArray();
        var homes = new string[9];
        for (var i = 0; i < 9; i++) homes[i] = await browsers[i].GetAsync();

        var dead = BackendsUnderTest.DestinationOf(proxy, "a");
        BackendsUnderTest.ClusterOf(proxy).Update(dead, "dead", s => s with { Passive = DestinationHealth.Unhealthy });
        await backends.StopAsync("a");
        var newHomes = new string[9];
        for (var i = 0; i < 9; i++)
        {
            newHomes[i] = await browsers[i].GetAsync();
            if (homes[i] != "a") Assert.Equal(homes[i], newHomes[i]);
            Assert.Equal(homes[i] == "a", browsers[i].SetCookies.Length == 1);
            Assert.Equal(newHomes[i], await browsers[i].GetAsync());
        }

        BackendsUnderTest.ClusterOf(proxy).Update(dead, "back", s => s with { Passive = DestinationHealth.Healthy });
        for (var i = 0; i < 9; i++) Assert.Equal(newHomes[i], await browsers[i].GetAsync());
    }

    [Fact]
    public async Task Backend_DiesWithoutNotice_NoRequestFailsAndItsClientsMoveWithThatAnswer()
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        var proxy = await backends.ProxyAsync(cluster: c => c.Resilience = new() { Retry = new() { MaxAttempts = 3 } });
        using var client = proxy.CreateClient();
        var browsers = Enumerable.Range(0, 9).Select(_ => new Browser(client)).ToArray();
        var homes = new string[9];
        for (var i = 0; i < 9; i++) homes[i] = await browsers[i].GetAsync();

        await backends.StopAsync("a");
        for (var i = 0; i < 9; i++)
        {
            var newHome = await browsers[i].GetAsync();
            Assert.Equal(homes[i] == "a" ? 1 : 0, browsers[i].SetCookies.Length);
            if (homes[i] != "a") Assert.Equal(homes[i], newHome);
            for (var again = 0; again < 3; again++) Assert.Equal(newHome, await browsers[i].GetAsync());
        }
    }

    [Fact]
    public async Task TwoProxies_WithTheSameSecret_KnowEachOthersClients()
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        var (one, other) = (await backends.ProxyAsync(a => a.Keys = [Secret]), await backends.ProxyAsync(a => a.Keys = ["a newer one, not yet everywhere", Secret]));
        using HttpClient clientOfOne = one.CreateClient(), clientOfOther = other.CreateClient();
        for (var i = 0; i < 6; i++)
        {
            var browser = new Browser(clientOfOne);
            var home = await browser.GetAsync();
            using var answer = await new Browser(clientOfOther).SendAsync(change: r => r.Headers.TryAddWithoutValidation("Cookie", browser.Cookie));
            Assert.Equal(home, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Reload_WhileClientsAsk_MovesNobody()
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        var proxy = await backends.ProxyAsync();
        using var client = proxy.CreateClient();
        var browsers = Enumerable.Range(0, 6).Select(_ => new Browser(client)).ToArray();
        var homes = new string[6];
        for (var i = 0; i < 6; i++) homes[i] = await browsers[i].GetAsync();
        for (var reload = 0; reload < 10; reload++)
        {
            proxy.Config.Update([ProxyUnderTest.Route()], [ProxyUnderTest.Cluster(proxy.Address, c => backends.Fill(c, cluster: o => o.Destinations[$"new{reload}"] = new() { Address = o.Destinations["a"].Address, Weight = 5 }))]);
            for (var i = 0; i < 6; i++) Assert.Equal(homes[i], await browsers[i].GetAsync());
        }
    }

    [Fact]
    public async Task Home_UnusableAndReturn503Error_AnswersAtOnceWith503()
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        var proxy = await backends.ProxyAsync(a => a.FailurePolicy = "Return503Error");
        using var client = proxy.CreateClient();
        var browser = new Browser(client);
        var home = await browser.GetAsync();
        BackendsUnderTest.ClusterOf(proxy).Update(BackendsUnderTest.DestinationOf(proxy, home), "dead", s => s with { Passive = DestinationHealth.Unhealthy });
        using var answer = await browser.SendAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Empty(browser.SetCookies);
    }

    [Fact]
    public async Task LearnedCookie_OfTheApplication_IsFollowed()
    {
        await using var backends = await BackendsUnderTest.StartAsync((context, name) =>
        {
            if (!context.Request.Cookies.ContainsKey("JSESSIONID")) context.Response.Headers.Append("Set-Cookie", $"JSESSIONID={Guid.NewGuid():N}; Path=/; HttpOnly");
            return context.Response.WriteAsync(name);
        });
        var proxy = await backends.ProxyAsync(a => (a.Policy, a.AffinityKeyName) = ("LearnedCookie", "JSESSIONID"));
        using var client = proxy.CreateClient();
        for (var i = 0; i < 6; i++)
        {
            var browser = new Browser(client);
            var home = await browser.GetAsync();
            Assert.StartsWith("JSESSIONID=", Assert.Single(browser.SetCookies), StringComparison.Ordinal);
            for (var again = 0; again < 4; again++) Assert.Equal(home, await browser.GetAsync());
        }
    }

    [Fact]
    public async Task ClientAddress_OfTheConnection_IsOneHome()
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        var proxy = await backends.ProxyAsync(a => (a.Policy, a.AffinityKeyName) = ("ClientAddress", null));
        var answers = new HashSet<string>();
        for (var i = 0; i < 6; i++)
        {
            using var client = proxy.CreateClient();
            answers.Add(await new Browser(client).GetAsync());
        }

        Assert.Single(answers);
    }

    [Fact]
    public async Task RequestKey_SetByATransform_KeepsRequestsTogether()
    {
        await using var backends = await BackendsUnderTest.StartAsync();
        var proxy = await backends.ProxyAsync(
            a => (a.Policy, a.AffinityKeyName) = ("RequestKey", null),
            app: b => b.Services.AddNet2Proxy().AddTransforms(context => context.AddRequestTransform(transform =>
            {
                transform.ProxyRequest.Options.Set(BalancingRequestOptions.AffinityKey, transform.HttpContext.Request.Query["basket"].ToString());
                return default;
            })));
        using var client = proxy.CreateClient();
        for (var basket = 0; basket < 6; basket++)
        {
            var home = await new Browser(client).GetAsync($"/?basket={basket}");
            for (var again = 0; again < 4; again++) Assert.Equal(home, await new Browser(client).GetAsync($"/?basket={basket}"));
        }
    }
}
