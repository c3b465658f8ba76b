using System.Net;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>Clients are sent from http to https and told to stay there.</summary>
public sealed class HttpsRedirectTests : IDisposable
{
    private const string Both = "http://127.0.0.1:0;https://127.0.0.1:0";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("GET", "/a%20b/c?x=1&y=%2F", null, "https://shop.example:{port}/a%20b/c?x=1&y=%2F")]
    [InlineData("POST", "/", 443, "https://shop.example/")]
    [InlineData("HEAD", "/", 8443, "https://shop.example:8443/")]
    public async Task Request_WithoutTls_IsSentToTheSameUrlWithIt(string method, string target, int? port, string expected)
    {
        await using var proxy = await StartAsync(tls => tls.HttpsPort = port);
        using var client = TlsProxy.Client(proxy.Addresses[0]);
        using var request = new HttpRequestMessage(new HttpMethod(method), target) { Headers = { Host = "shop.example:8080" } };

        using var response = await client.SendAsync(request, Patience);

        Assert.Equal(HttpStatusCode.PermanentRedirect, response.StatusCode);
        Assert.Equal(expected.Replace("{port}", $"{proxy.Addresses[1].Port}", StringComparison.Ordinal), response.Headers.Location?.OriginalString);
        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("shop.example", false, "max-age=86400")]
    [InlineData("shop.example", true, "max-age=86400; includeSubDomains")]
    [InlineData("localhost", false, null)]
    [InlineData("127.0.0.1", false, null)]
    [InlineData("[::1]", false, null)]
    public async Task Answer_WithTls_TellsNamesToStay(string host, bool withSubDomains, string? expected)
    {
        await using var proxy = await StartAsync(tls => (tls.HstsMaxAge, tls.HstsIncludeSubDomains) = (TimeSpan.FromDays(1), withSubDomains));

        Assert.Equal(expected, await HstsAsync(proxy, host));
    }

    [Fact]
    public async Task Hsts_OfTheDestination_StaysAlone()
    {
        await using var proxy = await StartAsync(_ => { }, context =>
        {
            context.Response.Headers.StrictTransportSecurity = "max-age=7";
            return Task.CompletedTask;
        });

        Assert.Equal("max-age=7", await HstsAsync(proxy, "shop.example"));
    }

    [Fact]
    public async Task HstsMaxAge_Zero_SendsNone()
    {
        await using var proxy = await StartAsync(tls => tls.HstsMaxAge = TimeSpan.Zero);

        Assert.Null(await HstsAsync(proxy, "shop.example"));
    }

    [Fact]
    public async Task HostWithoutHttpsUrl_ServesAsItIs()
    {
        await using var proxy = await StartAsync(_ => { }, urls: "http://127.0.0.1:0");
        using var client = TlsProxy.Client(proxy.Addresses[0]);

        using var response = await client.GetAsync("/", Patience);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<string?> HstsAsync(ProxyUnderTest proxy, string host)
    {
        using var client = TlsProxy.Client(proxy.Addresses[1], name: "localhost");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };
        using var response = await client.SendAsync(request, Patience);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.TryGetValues("Strict-Transport-Security", out var values) ? string.Join('|', values) : null;
    }

    private async Task<ProxyUnderTest> StartAsync(Action<TlsOptions> more, RequestDelegate? backend = null, string urls = Both)
    {
        using var certificate = TestCertificates.For(false, "localhost");
        var options = _folder.Write(certificate);
        return await TlsProxy.StartAsync(
            tls =>
            {
                tls.Certificates["default"] = options;
                tls.HttpsRedirect = true;
                more(tls);
            },
            backend,
            urls: urls);
    }
}
