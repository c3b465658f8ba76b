using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>A proxy with an https URL, and clients for it.</summary>
internal static class TlsProxy
{
    public const string Request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    public static Task<ProxyUnderTest> StartAsync(Action<TlsOptions> tls, RequestDelegate? backend = null, Action<WebApplicationBuilder>? more = null, string urls = "https://127.0.0.1:0") =>
        ProxyUnderTest.StartAsync(
            backend ?? (context => context.Response.WriteAsync("hello")),
            proxy: builder =>
            {
                if (urls.Length > 0) builder.WebHost.UseUrls(urls.Split(';'));
                builder.Services.Configure(tls);
                more?.Invoke(builder);
            });

    /// <summary>Writes a certificate with its key.</summary>
    public static TlsCertificateOptions Write(this TemporaryFolder folder, X509Certificate2 certificate, string file = "served.pem") =>
        new() { Path = folder.Write(file, TestCertificates.Pem(certificate)) };

    /// <summary>A client that trusts everybody, and may have a certificate of its own.</summary>
    public static HttpClient Client(Uri address, X509Certificate2? certificate = null, string? name = null, Version? version = null) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return address.Scheme == "http" ? stream : await AuthenticateAsync(stream, name ?? context.DnsEndPoint.Host, certificate, version?.Major == 2);
        },
    })
    {
        BaseAddress = address,
        DefaultRequestVersion = version ?? System.Net.HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = ProxyUnderTest.Patience,
    };

    /// <summary>A handshake alone.</summary>
    public static async Task<SslStream> HandshakeAsync(Uri address, string name, X509Certificate2? certificate = null)
    {
        var connection = new TcpClient(address.Host, address.Port);
        return await AuthenticateAsync(connection.GetStream(), name, certificate);
    }

    private static async Task<SslStream> AuthenticateAsync(Stream stream, string name, X509Certificate2? certificate, bool isHttp2 = false)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ApplicationProtocols = isHttp2 ? [SslApplicationProtocol.Http2] : null,
                RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
            },
            Patience);
        return tls;
    }
}
