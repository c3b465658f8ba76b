using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Integration.Dashboard;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Integration.Tls;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Acme;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Acme;

/// <summary>Certificates from an authority that somebody else has written, with every message and proof over real sockets, served to clients that trust its root alone.</summary>
public sealed class PebbleTests : IDisposable
{
    private const string Host = "shop.example";

    private readonly TemporaryFolder _folder = new();
    private readonly RecordedLines _log = new();

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(AcmeChallengeType.Http01)]
    [InlineData(AcmeChallengeType.TlsAlpn01)]
    public async Task Host_GetsACertificate_ByEitherProof(AcmeChallengeType challenge)
    {
        // Two intermediates: both have to be sent.
        await using var pebble = await Pebble.StartAsync(new Dictionary<string, string> { ["PEBBLE_CHAIN_LENGTH"] = "2" });
        await using var proxy = await StartAsync(pebble, acme => acme.Challenge = challenge);

        using var served = await ServedAsync(proxy, pebble);

        Assert.Contains(Host, served.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        // It came to see, and where it was told to.
        Assert.NotEqual(0, (challenge == AcmeChallengeType.Http01 ? pebble.Http : pebble.Https).Visits);
        Assert.Equal(0, (challenge == AcmeChallengeType.Http01 ? pebble.Https : pebble.Http).Visits);
        await Eventually.TrueAsync(() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).All(f => !f.Contains("proofs", StringComparison.Ordinal)));
    }

    private async Task<ProxyUnderTest> StartAsync(Pebble pebble, Action<AcmeOptions> more, TimeProvider? time = null) =>
        await TlsProxy.StartAsync(
            tls =>
            {
                tls.HttpsRedirect = true;
                tls.Acme = new() { Directory = pebble.Directory, TrustAnchors = pebble.TrustAnchors, AcceptTerms = true, Email = "admin@shop.example", Hosts = [Host], Storage = _folder.Path };
                more(tls.Acme);
            },
            urls: "http://127.0.0.1:0;https://127.0.0.1:0",
            more: builder =>
            {
                if (time is not null) builder.Services.AddSingleton(time);
                builder.Logging.AddProvider(_log);
                builder.Services.Add(ListeningAddress.For((http, https) => (pebble.Http.Proxy, pebble.Https.Proxy) = (http, https)));
            });

    /// <summary>The certificate of a host as a client sees it which trusts the authority's root alone; waits until there is one.</summary>
    private async Task<X509Certificate2> ServedAsync(ProxyUnderTest proxy, Pebble pebble, string host = Host)
    {
        using var root = await pebble.RootAsync();
        X509Certificate2? served = null;
        try
        {
            await Eventually.TrueAsync(async () => (served = await HandshakeAsync(proxy, root, host)) is not null);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{host} is not served. {string.Join(Environment.NewLine, _log.Lines)}{Environment.NewLine}{pebble.Output}");
        }

        return served!;
    }

    private static async Task<X509Certificate2?> HandshakeAsync(ProxyUnderTest proxy, X509Certificate2 root, string host)
    {
        using var connection = new TcpClient(proxy.Addresses[1].Host, proxy.Addresses[1].Port);
        await using var tls = new SslStream(connection.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = Pebble.Trusting(root) }, Patience);
            return new X509Certificate2(tls.RemoteCertificate!);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return null;
        }
    }
}
