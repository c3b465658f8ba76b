using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>Whom a proxy trusts behind it, what it asks for and what it shows, over HTTP/1.1 of its own and HTTP/2 of the platform.</summary>
public sealed class TlsDestinationSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;
    private readonly X509Certificate2 _leaf;
    private readonly X509Certificate2 _own;

    public TlsDestinationSettingsTests()
    {
        (_leaf, _intermediate, _root) = TestCertificates.Chain("backend.example");
        _own = TestCertificates.IssuedBy(_root, "proxy");
    }

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    public static TheoryData<string> Versions => ["1.1", "2.0"];

    public void Dispose()
    {
        foreach (var certificate in (X509Certificate2[])[_root, _intermediate, _leaf, _own]) certificate.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task TrustAnchors_MakeAnAuthorityKnown(string version)
    {
        Assert.Equal($"{version}  ", await AskAsync(version, new() { TrustAnchors = Anchors() }));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task TrustAnchors_OfAnotherAuthority_AreNotEnough(string version)
    {
        using var other = TestCertificates.Authority("other");

        Assert.Equal("502 net2; error=tls_certificate_error", await AskAsync(version, new() { TrustAnchors = _folder.Write("other.pem", other.ExportCertificatePem()) }));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task ServerName_IsAskedForAndHasToBeBorne(string version)
    {
        Assert.Equal($"{version} backend.example ", await AskAsync(version, new() { TrustAnchors = Anchors(), ServerName = "backend.example" }));
        Assert.StartsWith("502 ", await AskAsync(version, new() { TrustAnchors = Anchors(), ServerName = "other.example" }), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task CertificateName_HasToBeBorneWhateverIsAskedFor(string version)
    {
        Assert.Equal($"{version} other.example ", await AskAsync(version, new() { TrustAnchors = Anchors(), ServerName = "other.example", CertificateName = "backend.example" }));
        Assert.Equal($"{version}  ", await AskAsync(version, new() { TrustAnchors = Anchors(), CertificateName = "backend.example" }));
        Assert.StartsWith("502 ", await AskAsync(version, new() { TrustAnchors = Anchors(), CertificateName = "other.example" }), StringComparison.Ordinal);
        // A right name makes up for nothing else.
        Assert.StartsWith("502 ", await AskAsync(version, new() { CertificateName = "backend.example" }), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task ClientCertificate_IsShown(string version)
    {
        Assert.Equal($"{version}  CN=proxy", await AskAsync(version, new() { TrustAnchors = Anchors(), ClientCertificate = OwnCertificate() }, mode: ClientCertificateMode.RequireCertificate));
        Assert.StartsWith("502 ", await AskAsync(version, new() { TrustAnchors = Anchors() }, mode: ClientCertificateMode.RequireCertificate), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_TrustExpectAndShowTheSameAsTraffic()
    {
        var probed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var backend = await StartBackendAsync(ClientCertificateMode.RequireCertificate, context => probed.TrySetResult($"{context.Request.Path} {context.Connection.ClientCertificate?.Subject}"));
        await using var proxy = await ProxyUnderTest.StartAsync(new Uri(backend.Urls.First()), cluster: c =>
        {
            c.HttpClient = new() { TrustAnchors = Anchors(), ServerName = "backend.example", ClientCertificate = OwnCertificate() };
            c.HealthCheck = new() { Active = new() { Enabled = true, Path = "/health" } };
        });

        Assert.Equal("/health CN=proxy", await probed.Task.WaitAsync(ProxyUnderTest.Patience));
    }

    [Fact]
    public async Task Files_ThatAreOfNoUse_AreNamed()
    {
        var error = await Assert.ThrowsAsync<ProxyConfigException>(() => AskAsync(
            "2.0", new() { TrustAnchors = "/missing/ca.pem", ClientCertificate = new() { Path = "/missing/own.pem" }, ServerName = "a b", CertificateName = "https://x" }));

        Assert.Equal(
            ["Clusters:backend:HttpClient:CertificateName", "Clusters:backend:HttpClient:ClientCertificate:Path", "Clusters:backend:HttpClient:ServerName", "Clusters:backend:HttpClient:TrustAnchors"],
            error.Errors.Select(e => e.Path).Order());
    }

    private string Anchors() => _folder.Write("root.pem", _root.ExportCertificatePem());

    private HttpClientCertificateOptions OwnCertificate() => new() { Path = _folder.Write("own.crt", _own.ExportCertificatePem()), KeyPath = _folder.Write("own.key", TestCertificates.KeyPem(_own)) };

    /// <summary>Asks a backend that answers with the version it is spoken to, the name it is asked for, and whom it sees.</summary>
    private async Task<string> AskAsync(string version, HttpClientOptions options, ClientCertificateMode mode = ClientCertificateMode.NoCertificate)
    {
        await using var backend = await StartBackendAsync(mode);
        await using var proxy = await ProxyUnderTest.StartAsync(
            new Uri(backend.Urls.First()),
            route: r => r.ProxyStatus = true,
            cluster: c =>
            {
                c.HttpClient = options;
                c.HttpRequest = new() { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            });
        using var client = proxy.CreateClient();
        using var response = await client.GetAsync("/", Patience);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsStringAsync(Patience)
            : $"{(int)response.StatusCode} {response.Headers.GetValues("Proxy-Status").Single()}";
    }

    private async Task<WebApplication> StartBackendAsync(ClientCertificateMode mode, Action<HttpContext>? seen = null)
    {
        var builder = ProxyUnderTest.CreateBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            var context = SslStreamCertificateContext.Create(_leaf, [_intermediate], offline: true);
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = connection =>
                {
                    connection.Connection.Items["name"] = connection.ClientHelloInfo.ServerName;
                    return new(new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = context,
                        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                        ClientCertificateRequired = mode == ClientCertificateMode.RequireCertificate,
                        RemoteCertificateValidationCallback = (_, certificate, _, _) => mode != ClientCertificateMode.RequireCertificate || certificate is not null,
                    });
                },
            });
        }));
        var backend = builder.Build();
        backend.Run(context =>
        {
            seen?.Invoke(context);
            return context.Response.WriteAsync(
                $"{context.Request.Protocol.Replace("HTTP/2", "2.0", StringComparison.Ordinal).Replace("HTTP/", "", StringComparison.Ordinal)} {context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionItemsFeature>()!.Items["name"]} {context.Connection.ClientCertificate?.Subject}");
        });
        await backend.StartAsync();
        return backend;
    }
}
