using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>https URLs: certificates of the configuration, versions by ALPN, and what is said when a certificate is of no use.</summary>
public sealed class TlsFrontTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2.0", "HTTP/2")]
    [InlineData("1.1", "HTTP/1.1")]
    public async Task Client_SpeaksTheVersionItAsksForByAlpn(string version, string expected)
    {
        await using var proxy = await StartAsync(("default", PemOf("localhost")));
        using var client = ClientOf(proxy);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var response = await client.SendAsync(request, Patience);

        Assert.Equal(Version.Parse(version), response.Version);
        Assert.Equal($"https {(expected == "HTTP/2" ? "2" : "1.1")} net2", await response.Content.ReadAsStringAsync(Patience));
    }

    [Theory]
    [InlineData("h2,http/1.1", "h2")]
    [InlineData("http/1.1", "http/1.1")]
    [InlineData("", "")]
    public async Task Alpn_PrefersHttp2AndFallsBackToHttp11(string offered, string chosen)
    {
        await using var proxy = await StartAsync(("default", PemOf("localhost")));
        using var connection = new TcpClient(proxy.Address.Host, proxy.Address.Port);
        await using var tls = new SslStream(connection.GetStream());

        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = AcceptAny,
                ApplicationProtocols = [.. offered.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => new SslApplicationProtocol(p))],
            },
            Patience);

        Assert.Equal(chosen, tls.NegotiatedApplicationProtocol.ToString());
    }

    [Fact]
    public async Task Garbage_InPlaceOfAHandshake_DoesNotDisturbOthers()
    {
        await using var proxy = await StartAsync(("default", PemOf("localhost")));
        using var connection = new TcpClient(proxy.Address.Host, proxy.Address.Port);

        await connection.GetStream().WriteAsync("\x16\x03\x01\xff\xffnonsense, nonsense, nonsense"u8.ToArray());

        using var client = ClientOf(proxy);
        using var response = await client.GetAsync("/", Patience);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("PEM with its chain")]
    [InlineData("encrypted key")]
    [InlineData("PFX")]
    public async Task Certificate_OfEachKind_Serves(string kind)
    {
        var (leaf, intermediate, root) = TestCertificates.Chain("localhost");
        TlsCertificateOptions options = kind switch
        {
            "PEM with its chain" => new() { Path = _folder.Write("chain.pem", TestCertificates.Pem(leaf) + intermediate.ExportCertificatePem()) },
            "encrypted key" => new()
            {
                Path = _folder.Write("chain.crt", leaf.ExportCertificatePem() + "\n" + intermediate.ExportCertificatePem()),
                KeyPath = _folder.Write("chain.key", TestCertificates.EncryptedKeyPem(leaf, "opens it")),
                Password = "opens it",
            },
            _ => new()
            {
                Path = _folder.Write("chain.pfx", new X509Certificate2Collection { leaf, X509CertificateLoader.LoadCertificate(intermediate.RawData) }.Export(X509ContentType.Pfx, "opens it")!),
                Password = "opens it",
            },
        };
        await using var proxy = await StartAsync(("default", options));

        // The client knows the root only: the intermediate has to come with the handshake.
        Assert.Equal("CN=localhost", await SubjectSeenAsync(proxy, "localhost", trusting: root));
    }

    [Fact]
    public async Task Certificates_SeveralOfThem_AreChosenByNameAndSentWithTheirChain()
    {
        var (leaf, intermediate, root) = TestCertificates.Chain("shop.example");
        var shop = new TlsCertificateOptions { Path = _folder.Write("shop.pem", TestCertificates.Pem(leaf) + intermediate.ExportCertificatePem()) };
        await using var proxy = await StartAsync(("default", PemOf("localhost")), ("shop", shop), ("blog", PemOf("blog.example")));

        Assert.Equal("CN=shop.example", await SubjectSeenAsync(proxy, "shop.example", trusting: root));
        Assert.Equal("CN=blog.example", await SubjectSeenAsync(proxy, "blog.example", trusting: null));
        Assert.Equal("CN=localhost", await SubjectSeenAsync(proxy, "unknown.example", trusting: null));
        Assert.Equal("CN=localhost", await SubjectSeenAsync(proxy, "", trusting: null));
    }

    [Fact]
    public async Task Certificate_ThatIsOfNoUse_KeepsTheProxyFromStartingAndSaysWhy()
    {
        var missing = new TlsCertificateOptions { Path = "missing.pem" };
        using var other = TestCertificates.SelfSigned("other.example");
        var mismatched = new TlsCertificateOptions { Path = PemOf("localhost").Path, KeyPath = _folder.Write("other.key", TestCertificates.KeyPem(other)) };

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("default", missing), ("second", mismatched)));

        Assert.Contains("Tls:Certificates:default:Path", error.Message, StringComparison.Ordinal);
        Assert.Contains("missing.pem", error.Message, StringComparison.Ordinal);
        Assert.Contains("Tls:Certificates:second:KeyPath", error.Message, StringComparison.Ordinal);
        Assert.Contains("does not belong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_ThatHasExpired_ServesWithAWarning()
    {
        using var certificate = TestCertificates.SelfSigned("localhost", notAfter: TimeProvider.System.GetUtcNow().AddDays(-1));
        var log = new Warnings();
        var expired = new TlsCertificateOptions { Path = _folder.Write("expired.pem", TestCertificates.Pem(certificate)) };

        await using var proxy = await StartAsync(b => b.Logging.AddProvider(log), ("old", expired));

        Assert.Contains(log.Messages, m => m.Contains("'old'", StringComparison.Ordinal) && m.Contains("expired", StringComparison.Ordinal));
        Assert.Equal("CN=localhost", await SubjectSeenAsync(proxy, "localhost", trusting: null));
    }

    private static Task<ProxyUnderTest> StartAsync(params (string Name, TlsCertificateOptions Options)[] certificates) => StartAsync(_ => { }, certificates);

    private static Task<ProxyUnderTest> StartAsync(Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder> more, params (string Name, TlsCertificateOptions Options)[] certificates) =>
        ProxyUnderTest.StartAsync(
            context => context.Response.WriteAsync($"{context.Request.Headers["X-Forwarded-Proto"]} {context.Request.Headers.Via}"),
            proxy: builder =>
            {
                builder.WebHost.UseUrls("https://127.0.0.1:0");
                builder.Services.Configure<TlsOptions>(tls =>
                {
                    foreach (var (name, options) in certificates) tls.Certificates[name] = options;
                });
                more(builder);
            });

    private static bool AcceptAny(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate is not null;

    private static HttpClient ClientOf(ProxyUnderTest proxy) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = new() { RemoteCertificateValidationCallback = AcceptAny },
    })
    {
        BaseAddress = proxy.Address,
    };

    private static async Task<string> SubjectSeenAsync(ProxyUnderTest proxy, string name, X509Certificate2? trusting)
    {
        using var connection = new TcpClient(proxy.Address.Host, proxy.Address.Port);
        await using var tls = new SslStream(connection.GetStream());
        var options = new SslClientAuthenticationOptions { TargetHost = name };
        if (trusting is null) options.RemoteCertificateValidationCallback = AcceptAny;
        else
        {
            options.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            options.CertificateChainPolicy.CustomTrustStore.Add(trusting);
        }

        await tls.AuthenticateAsClientAsync(options, Patience);
        return tls.RemoteCertificate!.Subject;
    }

    private TlsCertificateOptions PemOf(string name)
    {
        using var certificate = TestCertificates.SelfSigned(name);
        return new() { Path = _folder.Write(name + ".pem", TestCertificates.Pem(certificate)) };
    }

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Messages.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
