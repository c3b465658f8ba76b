using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Integration.Tls;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Acme;

/// <summary>Certificates that a proxy gets from an authority by itself, with every message and proof over real sockets.</summary>
public sealed class AcmeTests : IDisposable
{
    private const string Host = "shop.example";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(AcmeChallengeType.Http01, false)]
    [InlineData(AcmeChallengeType.TlsAlpn01, false)]
    [InlineData(AcmeChallengeType.Http01, true)]
    public async Task Host_WithoutCertificate_GetsOneAndServesIt(AcmeChallengeType challenge, bool isSlow)
    {
        await using var authority = await AcmeServer.StartAsync();
        authority.IsSlow = isSlow;
        authority.BadNonces = 2;
        await using var proxy = await StartAsync(authority, challenge);

        await ServedAsync(proxy, authority);

        Assert.Equal([Host], authority.Ordered);
        Assert.Equal(1, authority.Accounts);
        // Nothing of the proof is left, and what is left belongs to its owner alone.
        Assert.DoesNotContain(Files("*"), f => f.Contains("proofs", StringComparison.Ordinal));
        Assert.Equal(2, Files("*.pem").Length);
        Assert.All(Files("*.pem"), f => Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(f) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), f));
        Assert.Equal(HttpStatusCode.PermanentRedirect, await AskAsync(proxy, "/"));
        Assert.Equal(HttpStatusCode.PermanentRedirect, await AskAsync(proxy, "/.well-known/acme-challenge/unknown"));
    }

    [Fact]
    public async Task ProxyThatStartsAgain_ServesWhatItHas_WithoutAnOrder()
    {
        await using var authority = await AcmeServer.StartAsync();
        await using (var first = await StartAsync(authority)) await ServedAsync(first, authority);

        await using var second = await StartAsync(authority);
        // At the first handshake.
        Assert.Equal("CN=shop.example", await HandshakeAsync(second, authority));
        Assert.Single(authority.Ordered);
    }

    [Fact]
    public async Task KeyOfACustomer_IsShownOnce()
    {
        await using var authority = await AcmeServer.StartAsync();
        authority.CustomerKey = [.. "sixteen or more.."u8];
        await using var proxy = await StartAsync(authority, more: acme =>
        {
            acme.Hosts.Insert(0, "first.example");
            acme.ExternalAccount = new() { KeyId = "customer", HmacKey = System.Buffers.Text.Base64Url.EncodeToString(authority.CustomerKey) };
        });

        await ServedAsync(proxy, authority);

        Assert.Equal(["first.example", Host], authority.Ordered);
        Assert.Equal(1, authority.Accounts);
    }

    [Fact]
    public async Task HandshakeForAProof_WhenThereIsNone_IsLikeAnyOther()
    {
        await using var authority = await AcmeServer.StartAsync();
        authority.Refusal = "rejectedIdentifier";
        await using var proxy = await StartAsync(authority, AcmeChallengeType.TlsAlpn01);

        // Nothing is there to serve yet: the client is told so.
        Assert.Contains("unrecognized name", await OpenSsl.ConnectAsync(proxy.Addresses[1], "", "-servername", Host, "-alpn", "acme-tls/1"), StringComparison.Ordinal);
        Assert.Contains("unrecognized name", await OpenSsl.ConnectAsync(proxy.Addresses[1], "", "-servername", Host), StringComparison.Ordinal);
    }

    private string[] Files(string pattern) => Directory.GetFiles(_folder.Path, pattern, SearchOption.AllDirectories);

    private static async Task ServedAsync(ProxyUnderTest proxy, AcmeServer authority) =>
        await Eventually.TrueAsync(async () => await HandshakeAsync(proxy, authority) == "CN=shop.example");

    /// <summary>The subject that a client sees which trusts the authority alone; empty where there is no connection.</summary>
    private static async Task<string> HandshakeAsync(ProxyUnderTest proxy, AcmeServer authority)
    {
        using var connection = new System.Net.Sockets.TcpClient(proxy.Addresses[1].Host, proxy.Addresses[1].Port);
        await using var tls = new SslStream(connection.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = Host,
            CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
        };
        options.CertificateChainPolicy.CustomTrustStore.Add(authority.Root);
        try
        {
            await tls.AuthenticateAsClientAsync(options, Patience);
            return tls.RemoteCertificate!.Subject;
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return "";
        }
    }

    private static async Task<HttpStatusCode> AskAsync(ProxyUnderTest proxy, string path)
    {
        using var client = TlsProxy.Client(proxy.Addresses[0]);
        using var response = await client.GetAsync(path, Patience);
        return response.StatusCode;
    }

    private async Task<ProxyUnderTest> StartAsync(AcmeServer authority, AcmeChallengeType challenge = AcmeChallengeType.Http01, Action<AcmeOptions>? more = null)
    {
        // The authority has to know where the proxy is before the proxy asks, and the proxy asks once it listens.
        var proxy = await TlsProxy.StartAsync(
            tls =>
            {
                tls.HttpsRedirect = true;
                tls.Acme = new() { Directory = authority.Directory, AcceptTerms = true, Email = "admin@shop.example", Hosts = [Host], Storage = _folder.Path, Challenge = challenge };
                more?.Invoke(tls.Acme);
            },
            urls: "http://127.0.0.1:0;https://127.0.0.1:0",
            more: builder => builder.Services.Add(ListeningAddress.For((http, https) => authority.Proving = challenge == AcmeChallengeType.Http01 ? http : https)));
        return proxy;
    }
}
