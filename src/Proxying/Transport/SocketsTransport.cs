using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>Sends through the platform's own <see cref="SocketsHttpHandler"/>: HTTP/2 and HTTP/3, and HTTP/1.1 where a setting asks for what only it can do.</summary>
/// <remarks>Gives it the URL it insists on, and says of what it throws what is known: kind, side, and how far the request had come.</remarks>
internal sealed class SocketsTransport(HttpClientOptions options, TimeSpan connectTimeout, SslClientAuthenticationOptions tls) : DelegatingHandler(CreateHandler(options, connectTimeout, tls))
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request is RoutedRequestMessage { Target: { } target })
            request.RequestUri = new Uri(request.RequestUri!.GetLeftPart(UriPartial.Authority) + (target == "*" ? "/" : target), AsItIs);
        var contentIsOurs = SoleSending.Ensure(request);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new AttemptException(AttemptFailureReader.Read(e), "The request could not be sent to its destination.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AttemptException(new(AttemptFailureKinds.ConnectionTimeout, FailureSide.Destination, SentState.NotConnected), "Connecting to the destination took too long.", e);
        }
        finally
        {
            if (contentIsOurs) request.Content = null;
        }
    }

    private static SocketsHttpHandler CreateHandler(HttpClientOptions options, TimeSpan connectTimeout, SslClientAuthenticationOptions tls)
    {
        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            UseProxy = options.WebProxy?.Address is not null,
            ConnectTimeout = connectTimeout,
            EnableMultipleHttp2Connections = options.EnableMultipleHttp2Connections ?? true,
            EnableMultipleHttp3Connections = true,
            MaxConnectionsPerServer = options.MaxConnectionsPerServer ?? int.MaxValue,
            RequestHeaderEncodingSelector = Selector(options.RequestHeaderEncoding),
            ResponseHeaderEncodingSelector = Selector(options.ResponseHeaderEncoding),
            PooledConnectionIdleTimeout = options.PooledConnectionIdleTimeout ?? TimeSpan.FromSeconds(90),
            PooledConnectionLifetime = options.PooledConnectionLifetime ?? Timeout.InfiniteTimeSpan,
            MaxResponseHeadersLength = 64,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        };
        if (options.WebProxy is { Address: { } address } proxy)
            handler.Proxy = new WebProxy(address, proxy.BypassOnLocal ?? false) { UseDefaultCredentials = proxy.UseDefaultCredentials ?? false };
        handler.SslOptions = tls;
        // The handler asks for the name in the request's Host field, whatever the settings of TLS say.
        if (options.ServerName is not null) handler.ConnectCallback = (context, cancellationToken) => NamedConnection.OpenAsync(context, tls, cancellationToken);
        return handler;
    }

    private static HeaderEncodingSelector<HttpRequestMessage> Selector(string? charset)
    {
        var encoding = charset is null ? Encoding.Latin1 : Encoding.GetEncoding(charset);
        return (_, _) => encoding;
    }
}
