using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>Destinations behind https: which version is spoken to them, and what becomes of those that cannot be trusted.</summary>
public sealed class TlsDestinationTests
{
    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(HttpProtocols.Http2, "HTTP/2")]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1")]
    public async Task Version_ByDefault_IsTheBestThatTheDestinationAgreesTo(HttpProtocols spoken, string expected)
    {
        await using var proxy = await StartAsync(spoken, c => { });
        using var client = proxy.CreateClient();

        Assert.Equal(expected, await client.GetStringAsync("/", Patience));
    }

    [Fact]
    public async Task Version_DemandedButNotSpoken_Is502()
    {
        await using var proxy = await StartAsync(HttpProtocols.Http1, c => c.HttpRequest = new() { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact });
        using var client = proxy.CreateClient();

        using var response = await client.GetAsync("/", Patience);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task Http3_WithLeaveToGoLower_FallsBack()
    {
        await using var proxy = await StartAsync(HttpProtocols.Http1AndHttp2, c => c.HttpRequest = new() { Version = HttpVersion.Version30, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower });
        using var client = proxy.CreateClient();

        Assert.Equal("HTTP/2", await client.GetStringAsync("/", Patience));
    }

    [Fact]
    public async Task Http3_DemandedButNotToBeHad_FailsAndSaysWhy()
    {
        await using var proxy = await StartAsync(
            HttpProtocols.Http1AndHttp2,
            c =>
            {
                c.HttpRequest = new() { Version = HttpVersion.Version30, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
                c.HttpClient!.ConnectTimeout = TimeSpan.FromSeconds(1);
            });
        using var client = proxy.CreateClient();

        using var response = await client.GetAsync("/", Patience);

        // Without QUIC on this platform it is a 502 at once; with it, nobody answers in time.
        Assert.True(response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout, response.ToString());
        Assert.Contains("error=", response.Headers.GetValues("Proxy-Status").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_ThatIsNotTrusted_Is502()
    {
        await using var proxy = await StartAsync(HttpProtocols.Http1AndHttp2, c => c.HttpClient = null);
        using var client = proxy.CreateClient();

        using var response = await client.GetAsync("/", Patience);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("net2; error=tls_certificate_error", response.Headers.GetValues("Proxy-Status").Single());
    }

    private static Task<ProxyUnderTest> StartAsync(HttpProtocols spoken, Action<ProxyClusterOptions> cluster) => ProxyUnderTest.StartAsync(
        context => context.Response.WriteAsync(context.Request.Protocol),
        route: r => r.ProxyStatus = true,
        cluster: c =>
        {
            c.HttpClient = new() { DangerousAcceptAnyServerCertificate = true };
            cluster(c);
        },
        backendProtocols: spoken,
        backendCertificate: TestCertificates.SelfSigned("localhost"));
}
