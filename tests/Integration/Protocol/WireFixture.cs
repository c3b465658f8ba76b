using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>A proxy between a raw client and a recording origin, shared by the cases of one class, which run one after another.</summary>
public sealed class WireFixture : IAsyncLifetime
{
    /// <summary>A request that is in order and the last of its connection.</summary>
    internal const string Sentinel = "GET /sentinel HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private ProxyUnderTest? _proxy;

    internal RecordingOrigin Origin { get; } = new();

    internal Uri Address => _proxy!.Address;

    public async ValueTask InitializeAsync() => _proxy = await ProxyUnderTest.StartAsync(Origin.Address, cluster: c => c.LoadBalancingPolicy = "FirstAlphabetical");

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null) await _proxy.DisposeAsync();
        await Origin.DisposeAsync();
    }

    /// <summary>Sends a request that has to be refused, and checks that the answer is a readable one, that the connection ends, and that the origin saw nothing.</summary>
    internal async Task AssertRefusedAsync(string bytes, int status, int pieceSize = 0)
    {
        Origin.Forget();
        using var client = await RawClient.ConnectAsync(Address);
        await client.SendAsync(bytes, pieceSize);
        var response = await client.ReadResponseAsync(bytes.StartsWith("HEAD ", StringComparison.Ordinal));
        Assert.Equal(status, response.Status);
        if (!bytes.StartsWith("HEAD ", StringComparison.Ordinal)) response.AssertProblem();
        await AssertClosedAsync(client, response);
        await AssertOriginSawAsync();
    }

    /// <summary>Sends one request, and checks that it is answered with 200, that the connection is still good, and that the origin saw exactly one clean request.</summary>
    internal async Task<RecordedRequest> AssertForwardedAsync(string bytes, int pieceSize = 0, bool closes = false)
    {
        Origin.Forget();
        using var client = await RawClient.ConnectAsync(Address);
        await client.SendAsync(bytes, pieceSize);
        var response = await client.ReadResponseAsync(bytes.StartsWith("HEAD ", StringComparison.Ordinal));
        Assert.Equal(200, response.Status);
        if (closes)
        {
            await AssertClosedAsync(client, response);
            await AssertOriginSawAsync(1);
        }
        else
        {
            await client.SendAsync(Sentinel);
            Assert.Equal("/sentinel", (await client.ReadResponseAsync()).Body);
            Assert.Equal("", await client.ReadToEndAsync());
            Assert.Equal(2, Origin.Requests.Count);
            Assert.Empty(Origin.Complaints);
        }

        var request = Origin.Requests[0];
        Assert.True(request.IsComplete);
        return request;
    }

    /// <summary>Checks that the connection ends in order, with nothing behind the answer that announced it.</summary>
    /// <remarks>
    /// The client ends its side, which spares a few hundred milliseconds of the proxy's waiting for more. That the proxy closes without being asked is shown by
    /// <see cref="UnreadBodyTests"/>.
    /// </remarks>
    internal static async Task AssertClosedAsync(RawClient client, RawResponse response)
    {
        Assert.Equal("close", response.Field("Connection"), ignoreCase: true);
        client.FinishSending();
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.False(client.WasReset, "The connection ended in a reset.");
    }

    /// <summary>Checks that the origin saw so many requests and nothing odd. A request sent now by somebody else comes behind whatever was still on its way.</summary>
    internal async Task AssertOriginSawAsync(int count = 0)
    {
        using var other = await RawClient.ConnectAsync(Address);
        await other.SendAsync(Sentinel);
        Assert.Equal(200, (await other.ReadResponseAsync()).Status);
        Assert.Equal(count + 1, Origin.Requests.Count);
        Assert.Empty(Origin.Complaints);
    }
}
