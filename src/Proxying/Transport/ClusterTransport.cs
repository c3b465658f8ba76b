using System.Net;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>What sends the requests of one cluster: HTTP/1.1 by a transport of our own, the rest by the platform's.</summary>
/// <remarks>
/// Which one is a matter of the request: an <c>http://</c> destination is asked over HTTP/1.1 unless the cluster demands another version (there is no way to find out what
/// it speaks without asking), an <c>https://</c> one agrees on a version during the handshake, and an upgrade is HTTP/1.1's affair.
/// </remarks>
internal sealed class ClusterTransport : HttpMessageHandler
{
    /// <summary>Time to connect where the settings name none.</summary>
    public static readonly TimeSpan DefaultConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly Http1Handler? _handler;
    private readonly HttpMessageInvoker? _http1;
    private readonly Lazy<HttpMessageInvoker> _platform;

    public ClusterTransport(HttpClientOptions options, TimeProvider time, SocketPollers? pollers)
    {
        var connectTimeout = options.ConnectTimeout ?? DefaultConnectTimeout;
        var tls = DestinationTls.Create(options);
        _platform = new(() => new HttpMessageInvoker(new SocketsTransport(options, connectTimeout, tls)));
        if (NeedsPlatform(options)) return;
        var settings = new Http1TransportOptions { ConnectTimeout = connectTimeout, SslOptions = tls, Pollers = pollers };
        if (options.MaxConnectionsPerServer is { } most) settings.MaxConnectionsPerEndpoint = most;
        if (options.PooledConnectionIdleTimeout is { } idle) settings.PooledConnectionIdleTimeout = idle;
        if (options.PooledConnectionLifetime is { } lifetime) settings.PooledConnectionLifetime = lifetime;
        if (options.WebProxy is { Address: { } address } proxy) settings.Proxy = new WebProxy(address, proxy.BypassOnLocal ?? false);
        settings.SendProxyProtocol = options.SendProxyProtocol ?? ProxyProtocolVersion.None;
        settings.WarmConnectionsPerEndpoint = options.WarmConnections ?? 0;
        _handler = new Http1Handler(settings, time);
        _http1 = new HttpMessageInvoker(_handler);
    }

    /// <summary>Says which destinations connections are kept ready to, where the settings ask for any.</summary>
    public void KeepWarm(IEnumerable<Uri> destinations) => _handler?.KeepWarm(destinations);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http1 is not null && GoesOverHttp1(request) ? _http1.SendAsync(request, cancellationToken) : _platform.Value.SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _http1?.Dispose();
            if (_platform.IsValueCreated) _platform.Value.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool GoesOverHttp1(HttpRequestMessage request)
    {
        if (request.Version == HttpVersion.Version11) return request.VersionPolicy != HttpVersionPolicy.RequestVersionOrHigher || IsPlain(request);
        return request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower && request.Version.Major > 1 && IsPlain(request);
    }

    private static bool IsPlain(HttpRequestMessage request) => request.RequestUri?.Scheme == Uri.UriSchemeHttp;

    /// <summary>An HTTP proxy that wants to know the user of this process, and values in another charset than the bytes that came, are beyond our own transport.</summary>
    internal static bool NeedsPlatform(HttpClientOptions options) =>
        HttpTransportNames.SocketsHttpHandler.Equals(options.Transport, StringComparison.OrdinalIgnoreCase) || options.WebProxy?.UseDefaultCredentials == true || IsTranscoding(options.RequestHeaderEncoding) || IsTranscoding(options.ResponseHeaderEncoding);

    private static bool IsTranscoding(string? charset) => charset is not null && !charset.Equals("latin1", StringComparison.OrdinalIgnoreCase);
}
