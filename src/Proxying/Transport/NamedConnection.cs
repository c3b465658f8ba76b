using System.Net.Security;
using System.Net.Sockets;

namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>Opens connections for the platform's handler, with a handshake of our own: it asks for the name that the settings say.</summary>
internal static class NamedConnection
{
    public static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, SslClientAuthenticationOptions given, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream stream;
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        if (context.InitialRequestMessage.RequestUri?.Scheme != Uri.UriSchemeHttps) return stream;
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            var settings = TlsClientSettings.For(given, context.DnsEndPoint.Host).Options;
            settings.ApplicationProtocols = Protocols(context.InitialRequestMessage);
            await tls.AuthenticateAsClientAsync(settings, cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the handler itself would offer.</summary>
    private static List<SslApplicationProtocol> Protocols(HttpRequestMessage request)
    {
        var mayBeHttp2 = request.Version.Major >= 2 || request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher;
        var mayBeHttp11 = request.Version.Major < 2 || request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower;
        return (mayBeHttp2, mayBeHttp11) switch
        {
            (true, true) => [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            (true, false) => [SslApplicationProtocol.Http2],
            _ => [SslApplicationProtocol.Http11],
        };
    }
}
