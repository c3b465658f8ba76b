using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>How the probes of a cluster connect: always anew, never through a proxy, and by the TLS settings of the traffic.</summary>
/// <remarks>
/// A connection for each probe, so that a probe says whether the destination still takes connections, which one that is kept open does not; and none of the traffic's, so
/// that a probe neither waits behind requests nor is their reason to wait. The price is a handshake per probe.
/// </remarks>
internal sealed class ProbeConnections : IDisposable
{
    private readonly TrafficConnections _traffic;
    private readonly bool _acceptsAny;
    private readonly X509Certificate2? _certificate;
    private readonly SslStreamCertificateContext? _certificateContext;
    private readonly Lazy<HttpMessageInvoker> _http1;

    public ProbeConnections(ActiveHealthCheckOptions options, TrafficConnections traffic)
    {
        _traffic = traffic;
        _http1 = new(() => CreateInvoker(TimeSpan.Zero)); // no connection is used twice
        _acceptsAny = options.DangerousAcceptAnyServerCertificate ?? traffic.AcceptsAnyCertificate;
        if (options.ClientCertificate is not { } certificate) return;
        _certificate = ProbeCertificate.Load(certificate);
        _certificateContext = SslStreamCertificateContext.Create(_certificate, ProbeCertificate.LoadIntermediates(certificate, _certificate), offline: true);
    }

    /// <summary>Whether probes over HTTP speak HTTP/2 where the settings do not say.</summary>
    public bool IsHttp2Only => _traffic.IsHttp2Only;

    /// <summary>TLS settings of one handshake.</summary>
    public SslClientAuthenticationOptions CreateTls()
    {
        var tls = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = _traffic.Protocols,
            ClientCertificateContext = _certificateContext ?? _traffic.Tls?.ClientCertificateContext,
            CertificateChainPolicy = _traffic.Tls?.CertificateChainPolicy?.Clone(),
            RemoteCertificateValidationCallback = _traffic.Tls?.RemoteCertificateValidationCallback,
        };
        if (_acceptsAny)
        {
            // The user asked for it by a name that says what it means.
#pragma warning disable CA5359
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return tls;
    }

    /// <summary>Asks over HTTP, over a connection that ends with the answer.</summary>
    /// <param name="request">The question.</param>
    /// <param name="judge">Judges the answer; it is disposed afterwards.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<ProbeResult> AskAsync(
        HttpRequestMessage request, Func<HttpResponseMessage, CancellationToken, ValueTask<ProbeResult>> judge, CancellationToken cancellationToken)
    {
        // One of HTTP/2 that is not to be pooled is left open by the platform until the server tires of it; it goes with its handler only.
        var own = request.Version.Major > 1 ? CreateInvoker(Timeout.InfiniteTimeSpan) : null;
        try
        {
            using var response = await (own ?? _http1.Value).SendAsync(request, cancellationToken).ConfigureAwait(false);
            return await judge(response, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ProbeFailure.Read(e) is { } failed)
        {
            return failed;
        }
        finally
        {
            own?.Dispose();
        }
    }

    public void Dispose()
    {
        if (_http1.IsValueCreated) _http1.Value.Dispose();
        _certificate?.Dispose();
    }

    private HttpMessageInvoker CreateInvoker(TimeSpan connectionLifetime) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 64,
        MaxResponseDrainSize = 64 * 1024,
        PooledConnectionLifetime = connectionLifetime,
        SslOptions = CreateTls(),
    });
}
