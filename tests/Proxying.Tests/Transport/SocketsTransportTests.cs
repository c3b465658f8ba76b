using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Transport;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

/// <summary>What the platform's handler is kept from.</summary>
public sealed class SocketsTransportTests
{
    [Fact]
    public async Task Send_PostWithoutBodyOnAConnectionThatEnds_ArrivesOnce()
    {
        var posts = 0;
        await using var origin = new ScriptedOrigin(async connection =>
        {
            // Each connection answers once and ends at the second request.
            if ((await connection.ReadHeadAsync()).StartsWith("POST", StringComparison.Ordinal)) Interlocked.Increment(ref posts);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            if (await connection.TryReadHeadAsync() is { } second && second.StartsWith("POST", StringComparison.Ordinal)) Interlocked.Increment(ref posts);
            await connection.FinishAsync();
        });
        using var invoker = new HttpMessageInvoker(new SocketsTransport(new HttpClientOptions(), TimeSpan.FromSeconds(10), new()));
        using (var first = TransportClient.GetTarget(origin.Uri, "/"))
        using (await invoker.SendAsync(first, CancellationToken.None).WaitAsync(TransportClient.Bound))
        {
            // The connection is in the pool now.
        }

        using var order = TransportClient.GetTarget(origin.Uri, "/order");
        order.Method = HttpMethod.Post;
        await Assert.ThrowsAsync<AttemptException>(() => invoker.SendAsync(order, CancellationToken.None).WaitAsync(TransportClient.Bound));

        Assert.Equal(1, posts);
        Assert.Null(order.Content);
    }
}
