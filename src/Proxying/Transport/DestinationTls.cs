using System.Net.Security;

namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>TLS towards destinations, the same for every transport.</summary>
internal static class DestinationTls
{
    public static SslClientAuthenticationOptions Create(HttpClientOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.SslProtocols is { } protocols) tls.EnabledSslProtocols = protocols;
        if (options.DangerousAcceptAnyServerCertificate == true)
        {
            // The user asked for it by a name that says what it means.
#pragma warning disable CA5359
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return tls;
    }
}
