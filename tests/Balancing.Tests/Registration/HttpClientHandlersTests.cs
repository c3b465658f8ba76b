using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Registration;

/// <summary>Where balancing stands among the handlers of a client, as its documentation says.</summary>
public sealed class HttpClientHandlersTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task AddNet2Balancing_RetryOutside_AsksAnotherDestinationWithEachTry()
    {
        await using var failing = new LoopbackServer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        await using var working = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var services = Services(failing, working);
        services.AddHttpClient("shop").AddHttpMessageHandler(() => new RetryHandler()).AddNet2Balancing("shop");
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        Assert.Equal("ok", await client.GetStringAsync("/cart").WaitAsync(Bound));
        Assert.Single(failing.Heads);
        Assert.Single(working.Heads);
    }

    [Fact]
    public async Task AddNet2Balancing_HandlersOutsideAndInside_SeeTheUsersAndTheDestinationsUrl()
    {
        await using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var services = Services(server);
        SeeingHandler outside = new(), inside = new();
        services.AddHttpClient("shop").AddHttpMessageHandler(() => outside).AddNet2Balancing("shop").AddHttpMessageHandler(() => inside);
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cart?id=1");
        using var response = await client.SendAsync(request).WaitAsync(Bound);
        Assert.Equal("http://shop/cart?id=1", outside.Seen);
        Assert.Equal(server.Address + "/cart?id=1", inside.Seen);
        Assert.Equal("http://shop/cart?id=1", request.RequestUri!.AbsoluteUri);
        Assert.True(request.Options.TryGetValue(BalancingRequestOptions.Destination, out var destination));
        Assert.Equal("d0", destination.Id);
    }

    [Fact]
    public async Task AddNet2Balancing_TypedClient_Balances()
    {
        await using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var services = Services(server);
        services.AddHttpClient<ShopClient>().AddNet2Balancing("shop");
        await using var provider = services.BuildServiceProvider();
        Assert.Equal("ok", await provider.GetRequiredService<ShopClient>().CartAsync().WaitAsync(Bound));
    }

    private static ServiceCollection Services(params LoopbackServer[] servers)
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c =>
        {
            c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
            for (var i = 0; i < servers.Length; i++) c.Destinations[$"d{i}"] = new DestinationOptions { Address = servers[i].Address };
        });
        return services;
    }

    private sealed class ShopClient(HttpClient client)
    {
        public Task<string> CartAsync() => client.GetStringAsync("/cart");
    }

    private sealed class RetryHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable) return response;
            response.Dispose();
            return await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class SeeingHandler : DelegatingHandler
    {
        public string? Seen { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen = request.RequestUri?.AbsoluteUri;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
