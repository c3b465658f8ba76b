using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>A proxy that speaks HTTP/2 in clear text, in front of an origin that records.</summary>
public sealed class Http2Front : IAsyncLifetime
{
    private ProxyUnderTest _proxy = null!;

    internal RecordingOrigin Origin { get; } = new();

    internal Uri Address => _proxy.Address;

    /// <summary>Every endpoint speaks HTTP/2 and nothing else, with the guard in front that <c>AddNet2Proxy</c> gives to endpoints with no defaults of their own.</summary>
    internal static Action<WebApplicationBuilder> ClearText { get; } = builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
    {
        endpoint.Protocols = HttpProtocols.Http2;
        endpoint.UseNet2RequestGuard();
    }));

    public async ValueTask InitializeAsync() => _proxy = await ProxyUnderTest.StartAsync(Origin.Address, proxy: ClearText);

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await Origin.DisposeAsync();
    }

    /// <summary>Whether the origin has seen a mark. What was on its way must have arrived: a good request on another connection goes before the look.</summary>
    internal async Task<bool> WasForwardedAsync(string mark)
    {
        await using var client = await RawHttp2Client.ConnectAsync(Address);
        await client.RequestAsync(1, HeaderBlock.Get("/behind-" + mark));
        Assert.Equal(200, (await client.OutcomeAsync(1)).Status);
        var received = Origin.Received();
        Assert.Contains("/behind-" + mark, received, StringComparison.Ordinal);
        return received.Replace("/behind-" + mark, "", StringComparison.Ordinal).Contains(mark, StringComparison.Ordinal);
    }
}
