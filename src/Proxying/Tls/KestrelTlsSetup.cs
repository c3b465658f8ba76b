using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Lets the terminator decide on every https URL of the server that has no certificate of its own.</summary>
/// <remarks>
/// By the server's callback for the settings of a handshake rather than its selector of certificates: that one gives out certificates without their intermediates, and neither
/// tells what the client can verify.
/// </remarks>
internal sealed class KestrelTlsSetup(TlsState state, TlsTermination termination, TimeProvider time, ILogger<KestrelTlsSetup> logger) : IConfigureOptions<KestrelServerOptions>
{
    // Record of type alert, TLS 1.2, two octets: fatal, unrecognized_name (RFC 8446 §6).
    private static readonly byte[] UnrecognizedName = [21, 3, 3, 0, 2, 2, 112];

    public void Configure(KestrelServerOptions options)
    {
        state.Start();
        if (!termination.IsOfTheApplication && state.Current!.Certificates.Count == 0 && !CertificateSources.MayGrow(state.Options)) return;
        state.IsServing = true;
        var placeholder = CreatePlaceholder();
        options.ConfigureHttpsDefaults(https =>
        {
            https.ServerCertificate = placeholder;
            https.TlsClientHelloBytesCallback = static (connection, hello) => connection.Features.Set(new TlsHandshake(ClientHelloReader.Read(hello, connection.LocalEndPoint)));
            https.OnAuthenticate = (connection, tls) =>
            {
                // An endpoint with a certificate of its own is none of ours.
                if (ReferenceEquals(https.ServerCertificate, placeholder)) Authenticate(connection, tls);
            };
        });
    }

    private void Authenticate(ConnectionContext connection, SslServerAuthenticationOptions tls)
    {
        var hello = connection.Features.Get<TlsHandshake>()?.Hello ?? default;
        if (termination.Choose(hello) is { } policy)
        {
            policy.ApplyTo(tls, connection);
            return;
        }

        TlsLog.NameRefused(logger, connection.ConnectionId, hello.ServerName);
        // The platform closes without a word when a callback refuses.
        var sending = connection.Transport.Output.WriteAsync(UnrecognizedName);
        if (!sending.IsCompleted) _ = sending.AsTask();
        throw new AuthenticationException("There is no certificate for the name that the client asks for.");
    }

    /// <summary>The server wants to see a certificate before it listens. No client ever does: each connection gets its own, or is refused.</summary>
    private X509Certificate2 CreatePlaceholder()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = time.GetUtcNow();
        return new CertificateRequest("CN=none", key, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddDays(1));
    }
}
