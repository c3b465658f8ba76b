using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>Clients that show certificates, or do not, and what destinations hear of it.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _authority = TestCertificates.Authority("authority");
    private readonly X509Certificate2 _known;
    private readonly X509Certificate2 _stranger;
    private readonly X509Certificate2 _served = TestCertificates.For(false, "localhost", "*.shop.example");

    public ClientCertificateTests()
    {
        _known = TestCertificates.IssuedBy(_authority, "known");
        using var other = TestCertificates.Authority("other");
        _stranger = TestCertificates.IssuedBy(other, "stranger");
    }

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    public void Dispose()
    {
        foreach (var certificate in (X509Certificate2[])[_authority, _known, _stranger, _served]) certificate.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(TlsClientCertificateMode.None, "none", true)]
    [InlineData(TlsClientCertificateMode.None, "known", true)]
    [InlineData(TlsClientCertificateMode.Request, "none", true)]
    [InlineData(TlsClientCertificateMode.Request, "known", true)]
    [InlineData(TlsClientCertificateMode.Request, "stranger", false)]
    [InlineData(TlsClientCertificateMode.Require, "none", false)]
    [InlineData(TlsClientCertificateMode.Require, "known", true)]
    [InlineData(TlsClientCertificateMode.Require, "stranger", false)]
    public async Task Mode_DecidesWhoIsServed(TlsClientCertificateMode mode, string shown, bool isServed)
    {
        await using var proxy = await StartAsync(mode);
        using var client = TlsProxy.Client(proxy.Address, Shown(shown));

        if (!isServed)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync("/", Patience));
            return;
        }

        // Forwarded as RFC 9440 has it, and only what was asked for and verified.
        var expected = shown == "known" && mode != TlsClientCertificateMode.None ? $":{Convert.ToBase64String(_known.RawData)}:" : "";
        Assert.Equal(expected, await client.GetStringAsync("/", Patience));
    }

    [Theory]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:0")]
    public async Task FieldsOfTheClient_NeverReachDestinations(string urls)
    {
        await using var proxy = await StartAsync(TlsClientCertificateMode.Request, urls: urls);
        using var client = TlsProxy.Client(proxy.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Client-Cert", ":Zm9yZ2Vk:");
        request.Headers.Add("client-cert-chain", ":Zm9yZ2Vk:");

        using var response = await client.SendAsync(request, Patience);

        Assert.Equal("", await response.Content.ReadAsStringAsync(Patience));
    }

    [Fact]
    public async Task Forward_SwitchedOff_TellsDestinationsNothing()
    {
        await using var proxy = await StartAsync(TlsClientCertificateMode.Require, clients => clients.Forward = false);
        using var client = TlsProxy.Client(proxy.Address, _known);

        Assert.Equal("", await client.GetStringAsync("/", Patience));
    }

    [Fact]
    public async Task Hosts_HaveRulesAndAuthoritiesOfTheirOwn()
    {
        await using var proxy = await StartAsync(
            TlsClientCertificateMode.None, clients => clients.Hosts["admin.shop.example"] = new() { Mode = TlsClientCertificateMode.Require });
        using var open = TlsProxy.Client(proxy.Address, name: "www.shop.example");
        using var barred = TlsProxy.Client(proxy.Address, name: "admin.shop.example");
        using var let = TlsProxy.Client(proxy.Address, _known, "admin.shop.example");

        Assert.Equal("", await GetAsync(open, "www.shop.example"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => GetAsync(barred, "admin.shop.example"));
        Assert.StartsWith(":", await GetAsync(let, "admin.shop.example"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("admin.shop.example", "1.1")]
    [InlineData("admin.shop.example", "2.0")]
    [InlineData("ADMIN.shop.example:8443", "1.1")]
    [InlineData("admin.shop.example.", "1.1")]
    public async Task RequestForAHostThatAsks_OverAConnectionForOneThatDoesNot_IsMisdirected(string host, string version)
    {
        await using var proxy = await StartAsync(
            TlsClientCertificateMode.None, clients => clients.Hosts["admin.shop.example"] = new() { Mode = TlsClientCertificateMode.Require });
        using var client = TlsProxy.Client(proxy.Address, name: "www.shop.example", version: Version.Parse(version));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy, Headers = { Host = host } };

        using var response = await client.SendAsync(request, Patience);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Session_ThatIsResumed_IsStillThatOfTheCertificate(string version)
    {
        await using var proxy = await StartAsync(TlsClientCertificateMode.Require);
        var session = Path.Combine(_folder.Path, "session");
        var pair = _folder.Write("known.pem", TestCertificates.Pem(_known));

        await OpenSsl.ConnectAsync(proxy.Address, TlsProxy.Request, version, "-cert", pair, "-sess_out", session);
        var seen = await OpenSsl.ConnectAsync(proxy.Address, TlsProxy.Request, version, "-sess_in", session);

        Assert.Contains("Reused, TLSv1", seen, StringComparison.Ordinal);
        Assert.Contains($":{Convert.ToBase64String(_known.RawData)}:", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authorities_AreNamedToTheClient()
    {
        await using var proxy = await StartAsync(TlsClientCertificateMode.Request);

        Assert.Contains("CN = authority", await OpenSsl.ConnectAsync(proxy.Address, "", "-tls1_3"), StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(HttpClient client, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };
        using var response = await client.SendAsync(request, Patience);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Patience);
    }

    private X509Certificate2? Shown(string name) => name switch
    {
        "known" => _known,
        "stranger" => _stranger,
        _ => null,
    };

    /// <summary>A proxy whose backend answers with what it hears of the client.</summary>
    private Task<ProxyUnderTest> StartAsync(TlsClientCertificateMode mode, Action<TlsClientCertificateOptions>? more = null, string urls = "https://127.0.0.1:0")
    {
        var clients = new TlsClientCertificateOptions { Mode = mode, TrustAnchors = _folder.Write("ca.pem", _authority.ExportCertificatePem()) };
        more?.Invoke(clients);
        return TlsProxy.StartAsync(
            tls =>
            {
                tls.Certificates["default"] = _folder.Write(_served);
                tls.ClientCertificates = clients;
            },
            context => context.Response.WriteAsync($"{context.Request.Headers["Client-Cert"]}{context.Request.Headers["Client-Cert-Chain"]}"),
            urls: urls);
    }
}
