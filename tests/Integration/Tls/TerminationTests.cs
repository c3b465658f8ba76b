using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>What clients get to see of TLS, by the eyes of OpenSSL where they are sharper. Needs <c>openssl</c>; without it the tests fail.</summary>
public sealed class TerminationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("-sigalgs", "RSA-PSS+SHA256:RSA+SHA256", "rsaEncryption")]
    [InlineData("-sigalgs", "ECDSA+SHA256:RSA-PSS+SHA256", "id-ecPublicKey")]
    [InlineData("-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256", "rsaEncryption")]
    [InlineData("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256", "id-ecPublicKey")]
    public async Task BothKindsOfCertificates_EachClientGetsOneThatItCanVerify(params string[] cases)
    {
        using var rsa = TestCertificates.For(true, "localhost");
        using var ecdsa = TestCertificates.For(false, "localhost");
        await using var proxy = await TlsProxy.StartAsync(tls =>
        {
            tls.Certificates["default"] = _folder.Write(rsa, "rsa.pem");
            tls.Certificates["ecdsa"] = _folder.Write(ecdsa, "ecdsa.pem");
        });

        var seen = await OpenSsl.ConnectAsync(proxy.Address, "", ["-servername", "localhost", .. cases[..^1]]);

        var pem = seen[seen.IndexOf("-----BEGIN", StringComparison.Ordinal)..];
        using var certificate = X509Certificate2.CreateFromPem(pem);
        Assert.Equal(cases[^1] == "rsaEncryption" ? rsa.Thumbprint : ecdsa.Thumbprint, certificate.Thumbprint);
    }

    [Fact]
    public async Task Chain_IsSentWithItsIntermediatesAndVerifies()
    {
        var (leaf, intermediate, root) = TestCertificates.Chain("localhost");
        var options = new TlsCertificateOptions { Path = _folder.Write("chain.pem", TestCertificates.Pem(leaf) + intermediate.ExportCertificatePem()) };
        await using var proxy = await TlsProxy.StartAsync(tls => tls.Certificates["default"] = options);

        var seen = await OpenSsl.ConnectAsync(proxy.Address, "", "-servername", "localhost", "-CAfile", _folder.Write("root.pem", root.ExportCertificatePem()), "-verify_return_error");

        Assert.Contains("Verify return code: 0 (ok)", seen, StringComparison.Ordinal);
        Assert.Contains("1 s:CN = intermediate", seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1_1", "(NONE)")]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task Version_IsTls12Or13(string option, string expected)
    {
        await using var proxy = await StartAsync();

        var seen = await OpenSsl.ConnectAsync(proxy.Address, "", option, "-cipher", "ALL:@SECLEVEL=0");

        Assert.Contains(expected == "(NONE)" ? "Cipher is (NONE)" : $"New, {expected}, Cipher is", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MinimumProtocol_Tls13_RefusesTls12()
    {
        await using var proxy = await StartAsync(tls => tls.MinimumProtocol = SslProtocols.Tls13);

        Assert.Contains("Cipher is (NONE)", await OpenSsl.ConnectAsync(proxy.Address, "", "-tls1_2"), StringComparison.Ordinal);
        Assert.Contains("New, TLSv1.3", await OpenSsl.ConnectAsync(proxy.Address, "", "-tls1_3"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CipherSuites_AreThoseOfTheSettings()
    {
        await using var proxy = await StartAsync(tls => tls.CipherSuites = ["TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]);

        Assert.Contains("TLS_CHACHA20_POLY1305_SHA256", await OpenSsl.ConnectAsync(proxy.Address, "", "-tls1_3"), StringComparison.Ordinal);
        Assert.Contains("ECDHE-ECDSA-AES256-GCM-SHA384", await OpenSsl.ConnectAsync(proxy.Address, "", "-tls1_2"), StringComparison.Ordinal);
        Assert.Contains("Cipher is (NONE)", await OpenSsl.ConnectAsync(proxy.Address, "", "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DHE-RSA-AES128-GCM-SHA256:AES128-SHA:AES256-SHA:ECDHE-ECDSA-DES-CBC3-SHA:NULL")]
    public async Task CipherSuites_ByDefault_AreNoneWithoutForwardSecrecy(string weak)
    {
        await using var proxy = await StartAsync();

        Assert.Contains("Cipher is (NONE)", await OpenSsl.ConnectAsync(proxy.Address, "", "-tls1_2", "-cipher", weak + ":@SECLEVEL=0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_OfTls12_IsResumed()
    {
        await using var proxy = await StartAsync();

        var seen = await OpenSsl.ConnectAsync(proxy.Address, "", "-tls1_2", "-reconnect");

        Assert.Equal(5, seen.Split("Reused, TLSv1.2").Length - 1);
    }

    [Theory]
    [InlineData(TlsClientCertificateMode.None)]
    [InlineData(TlsClientCertificateMode.Request)]
    public async Task Session_OfTls13_IsResumed(TlsClientCertificateMode mode)
    {
        await using var proxy = await StartAsync(tls => tls.ClientCertificates = new() { Mode = mode });
        var session = Path.Combine(_folder.Path, "session");

        var first = await OpenSsl.ConnectAsync(proxy.Address, TlsProxy.Request, "-tls1_3", "-sess_out", session);
        var second = await OpenSsl.ConnectAsync(proxy.Address, TlsProxy.Request, "-tls1_3", "-sess_in", session);

        Assert.Contains("New, TLSv1.3", first, StringComparison.Ordinal);
        Assert.Contains("Reused, TLSv1.3", second, StringComparison.Ordinal);
        Assert.Contains("hello", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StrictSni_RefusesOtherNamesByAlert()
    {
        await using var proxy = await StartAsync(tls => tls.StrictSni = true);

        Assert.Contains("New, TLSv1.3", await OpenSsl.ConnectAsync(proxy.Address, "", "-servername", "localhost"), StringComparison.Ordinal);
        Assert.Contains("unrecognized name", await OpenSsl.ConnectAsync(proxy.Address, "", "-servername", "other.example"), StringComparison.Ordinal);
        Assert.Contains("unrecognized name", await OpenSsl.ConnectAsync(proxy.Address, "", "-noservername"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilesThatChange_ServeWithoutARestart_AndConnectionsStay()
    {
        using var first = TestCertificates.For(false, "localhost");
        using var second = TestCertificates.For(false, "localhost");
        await using var proxy = await TlsProxy.StartAsync(tls => tls.Certificates["default"] = _folder.Write(first));
        await using var before = await TlsProxy.HandshakeAsync(proxy.Address, "localhost");
        Assert.Equal(first.GetCertHashString(), before.RemoteCertificate!.GetCertHashString());

        _folder.Write(second);

        await Eventually.TrueAsync(async () =>
        {
            await using var tls = await TlsProxy.HandshakeAsync(proxy.Address, "localhost");
            return tls.RemoteCertificate!.GetCertHashString() == second.GetCertHashString();
        });
        await before.WriteAsync(System.Text.Encoding.ASCII.GetBytes(TlsProxy.Request));
        Assert.StartsWith("HTTP/1.1 200", await new StreamReader(before).ReadToEndAsync().WaitAsync(ProxyUnderTest.Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SettingsThatChange_TakeEffectWithoutARestart_UnlessTheyAreWrong()
    {
        using var first = TestCertificates.For(false, "localhost");
        using var second = TestCertificates.For(false, "localhost");
        const string Setting = "Net2Proxy:Tls:Certificates:default:Path";
        IConfigurationRoot? configuration = null;
        await using var proxy = await TlsProxy.StartAsync(_ => { }, more: builder =>
        {
            builder.Configuration[Setting] = _folder.Write(first).Path;
            configuration = builder.Configuration;
        });
        await AssertServesAsync(first);

        configuration![Setting] = Path.Combine(_folder.Path, "missing.pem");
        configuration.Reload();
        await AssertServesAsync(first);

        configuration[Setting] = _folder.Write(second, "second.pem").Path;
        configuration.Reload();
        await AssertServesAsync(second);

        async Task AssertServesAsync(X509Certificate2 expected)
        {
            await using var tls = await TlsProxy.HandshakeAsync(proxy.Address, "localhost");
            Assert.Equal(expected.GetCertHashString(), tls.RemoteCertificate!.GetCertHashString());
        }
    }

    [Fact]
    public async Task Terminator_OfTheApplication_ReplacesTheDefault()
    {
        using var certificate = TestCertificates.For(false, "of.the.application");
        await using var proxy = await TlsProxy.StartAsync(_ => { }, more: builder => builder.Services.AddSingleton<ITlsTerminator>(new OneName(certificate)));

        await using var tls = await TlsProxy.HandshakeAsync(proxy.Address, "of.the.application");

        Assert.Equal("CN=of.the.application", tls.RemoteCertificate!.Subject);
        Assert.Contains("unrecognized name", await OpenSsl.ConnectAsync(proxy.Address, "", "-servername", "other.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_ThatAsksForIt_IsServedByTheTerminator()
    {
        using var shop = TestCertificates.For(false, "shop.example");
        using var other = TestCertificates.For(false, "localhost");
        await using var proxy = await TlsProxy.StartAsync(
            tls =>
            {
                tls.StrictSni = true;
                tls.Certificates["default"] = _folder.Write(other);
                tls.Certificates["shop"] = _folder.Write(shop, "shop.pem");
            },
            more: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseNet2Tls())), urls: "");

        await using var tls = await TlsProxy.HandshakeAsync(proxy.Address, "Shop.Example");

        Assert.Equal("CN=shop.example", tls.RemoteCertificate!.Subject);
        await Assert.ThrowsAnyAsync<Exception>(() => TlsProxy.HandshakeAsync(proxy.Address, "unknown.example"));
    }

    [Fact]
    public async Task Endpoint_WithACertificateOfItsOwn_KeepsIt()
    {
        using var own = TestCertificates.For(false, "own.example");
        using var other = TestCertificates.For(false, "localhost");
        await using var proxy = await TlsProxy.StartAsync(
            tls => tls.Certificates["default"] = _folder.Write(other),
            more: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(own))), urls: "");

        await using var tls = await TlsProxy.HandshakeAsync(proxy.Address, "localhost");

        Assert.Equal("CN=own.example", tls.RemoteCertificate!.Subject);
    }

    [Theory]
    [InlineData(false, "CN=localhost")]
    [InlineData(true, "CN=own.example")]
    public async Task Endpoint_OfTheServersOwnConfiguration_IsServedUnlessItHasACertificate(bool hasOwn, string expected)
    {
        using var own = TestCertificates.For(false, "own.example");
        using var other = TestCertificates.For(false, "localhost");
        await using var proxy = await TlsProxy.StartAsync(
            tls => tls.Certificates["default"] = _folder.Write(other),
            more: builder =>
            {
                builder.Configuration["Kestrel:Endpoints:Public:Url"] = "https://127.0.0.1:0";
                if (hasOwn) builder.Configuration["Kestrel:Endpoints:Public:Certificate:Path"] = builder.Configuration["Kestrel:Endpoints:Public:Certificate:KeyPath"] = _folder.Write(own, "own.pem").Path;
            },
            urls: "");

        await using var tls = await TlsProxy.HandshakeAsync(proxy.Address, "localhost");

        Assert.Equal(expected, tls.RemoteCertificate!.Subject);
    }

    private async Task<ProxyUnderTest> StartAsync(Action<TlsOptions>? more = null)
    {
        using var certificate = TestCertificates.For(false, "localhost");
        var options = _folder.Write(certificate);
        return await TlsProxy.StartAsync(tls =>
        {
            tls.Certificates["default"] = options;
            more?.Invoke(tls);
        });
    }

    private sealed class OneName(X509Certificate2 certificate) : ITlsTerminator
    {
        private readonly TlsConnectionPolicy _policy = new(System.Net.Security.SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true));

        public TlsConnectionPolicy? Choose(in TlsClientHello hello) => hello.ServerName == "of.the.application" ? _policy : null;
    }
}
