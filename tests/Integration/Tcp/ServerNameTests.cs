using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Integration.Tls;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tcp;

/// <summary>TLS that the proxy does not end: the name that a client asks for says where it goes, and the handshake is between it and the destination.</summary>
public sealed class ServerNameTests : IAsyncLifetime
{
    private WebApplication? _shop;
    private WebApplication? _others;
    private TcpUnderTest? _proxy;

    private TcpUnderTest Proxy => _proxy!;

    public async ValueTask InitializeAsync()
    {
        _shop = await StartAsync("shop");
        _others = await StartAsync("others");
        _proxy = await StartAsync(p => { });
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy!.DisposeAsync();
        await _shop!.DisposeAsync();
        await _others!.DisposeAsync();
    }

    [Theory]
    [InlineData("shop.example", "shop")]
    [InlineData("SHOP.example", "shop")]
    [InlineData("a.others.example", "others")]
    public async Task TheName_SaysWhereItGoes_AndTheClientSeesTheDestinationsCertificate(string name, string expected)
    {
        await using var tls = await TlsProxy.HandshakeAsync(Proxy.Uri, name);
        Assert.Equal("CN=" + expected, tls.RemoteCertificate!.Subject);
        using var client = TlsProxy.Client(Proxy.Uri, name: name, version: HttpVersion.Version20);
        Assert.Equal($"{expected} HTTP/2", await client.GetStringAsync("/"));
    }

    [Theory]
    [InlineData("unknown.example")]
    [InlineData("a.b.others.example")]
    [InlineData("others.example")]
    public async Task AnUnknownName_GetsTheAlertForIt(string name)
    {
        var seen = await OpenSsl.ConnectAsync(Proxy.Uri, "", "-servername", name);
        Assert.Contains("unrecognized name", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnknownName_OrNone_GoesToTheClusterForTheRest_WhereThereIsOne()
    {
        await using var proxy = await StartAsync(p => p.ClusterId = "others");
        foreach (var name in new[] { "unknown.example", "" })
        {
            await using var tls = await TlsProxy.HandshakeAsync(proxy.Uri, name);
            Assert.Equal("CN=others", tls.RemoteCertificate!.Subject);
        }
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task OpenSsl_SpeaksThroughIt(string version)
    {
        var seen = await OpenSsl.ConnectAsync(Proxy.Uri, TlsProxy.Request, version, "-servername", "shop.example", "-ign_eof", "-quiet");
        Assert.Contains("shop HTTP/1.1", seen, StringComparison.Ordinal);
        Assert.Contains("CN = shop", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFirstMessage_InAsManyPiecesAsThereCanBe_IsOne()
    {
        using var client = await Proxy.ConnectAsync();
        client.Socket.NoDelay = true;
        await using var pieces = new BytewiseStream(client.Socket);
        await using var tls = new SslStream(pieces);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "shop.example", RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null })
            .WaitAsync(ProxyUnderTest.Patience);
        Assert.Equal("CN=shop", tls.RemoteCertificate!.Subject);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\u0016\u0002")]
    [InlineData("\u0016\u0003\u0001\u0000\u0004\u0002\u0000\u0000\u0000")]
    public async Task WhatIsNoTls_IsClosedAtOnce(string text)
    {
        using var client = await Proxy.ConnectAsync();
        await client.SendAsync(text);
        Assert.Equal("", await client.WaitForEndAsync());
    }

    [Fact]
    public async Task AClientThatTakesTooLong_IsClosed()
    {
        var time = new ManualTimeProvider();
        await using var proxy = await StartAsync(p => p.HelloTimeout = TimeSpan.FromSeconds(7), time);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("\u0016\u0003\u0001\u0001");
        await Eventually.TrueAsync(() => time.DueIn(TimeSpan.FromSeconds(7)) == 1);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal("", await client.WaitForEndAsync());
    }

    private async Task<TcpUnderTest> StartAsync(Action<TcpListenerOptions> port, TimeProvider? time = null) => await TcpUnderTest.StartAsync(
        p =>
        {
            p.ClusterId = null;
            p.ServerNames["Shop.example"] = "shop";
            p.ServerNames["*.others.example"] = "others";
            port(p);
        },
        [TcpUnderTest.Cluster("shop", new Uri(_shop!.Urls.First())), TcpUnderTest.Cluster("others", new Uri(_others!.Urls.First()))],
        time: time);

    private static async Task<WebApplication> StartAsync(string name)
    {
        using var certificate = TestCertificates.SelfSigned(name);
        return await ProxyUnderTest.StartBackendAsync(
            context => context.Response.WriteAsync($"{name} {context.Request.Protocol}"), HttpProtocols.Http1AndHttp2, X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null));
    }

    /// <summary>Sends each byte by itself.</summary>
    private sealed class BytewiseStream(System.Net.Sockets.Socket socket) : System.Net.Sockets.NetworkStream(socket)
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < buffer.Length; i++) await base.WriteAsync(buffer.Slice(i, 1), cancellationToken);
        }
    }
}
