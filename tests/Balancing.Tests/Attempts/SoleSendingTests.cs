using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Attempts;

/// <summary>What may not be done twice is sent once, whatever the handler below likes to repeat by itself.</summary>
public sealed class SoleSendingTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("PURGE")]
    public async Task SendAsync_NoBodyOnAConnectionThatEnds_ArrivesOnce(string method)
    {
        var arrived = new ConcurrentQueue<string>();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            // Each connection answers once and ends at the second request: like a server that dies while it works on it.
            arrived.Enqueue(await connection.ReadHeadAsync());
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            if (await connection.TryReadHeadAsync() is { } second) arrived.Enqueue(second);
            await connection.FinishAsync();
        });
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", c => c.Destinations["a"] = new() { Address = origin.Uri.ToString() });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        using (await client.GetAsync("/").WaitAsync(Bound))
        {
            // The connection is in the pool now.
        }

        using var request = new HttpRequestMessage(new HttpMethod(method), "/order");
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request).WaitAsync(Bound));

        Assert.Single(arrived, head => head.StartsWith(method + " ", StringComparison.Ordinal));
        Assert.Null(request.Content);
    }
}
