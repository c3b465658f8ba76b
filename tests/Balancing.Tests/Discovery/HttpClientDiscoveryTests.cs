using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Discovery;

/// <summary>A client that knows a name finds the servers behind it, without a proxy between.</summary>
public sealed class HttpClientDiscoveryTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task GetAsync_ServicesOfAName_AreAskedInTurnByTheNameThatWasWritten()
    {
        await using var a = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
        await using var b = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb");
        await using var dns = new DnsServerUnderTest();
        dns.Answer(DnsServerUnderTest.Srv("localhost", new Uri(a.Address).Port), DnsServerUnderTest.Srv("localhost", new Uri(b.Address).Port));
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c =>
        {
            c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
            c.Discovery = new() { Source = DiscoverySourceNames.DnsSrv, Servers = [dns.EndPoint.ToString()] };
            c.Destinations["web"] = new() { Address = "http://_http._tcp.shop.example/" };
        });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");

        var answers = new List<string>();
        for (var i = 0; i < 4; i++) answers.Add(await client.GetStringAsync("/cart").WaitAsync(Bound));

        Assert.Equal(["a", "a", "b", "b"], answers.Order(StringComparer.Ordinal));
        Assert.All(a.Heads, head => Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\r\nHost: shop.example:{new Uri(a.Address).Port}\r\n"), head, StringComparison.Ordinal));
    }
}
