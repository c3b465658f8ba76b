using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

    /// <summary>Answers over TLS with the name it was asked for and the subject of the client's certificate.</summary>
    internal sealed class TlsOrigin : IAsyncDisposable
    {
        private readonly ScriptedOrigin _origin;

        public TlsOrigin()
        {
            using var key = RSA.Create(2048);
            using var made = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
            Certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
            _origin = new ScriptedOrigin(ServeAsync);
        }

        public X509Certificate2 Certificate { get; }

        public Uri Uri => new UriBuilder(_origin.Uri) { Scheme = "https", Host = "localhost" }.Uri;

        public int Connections => _origin.Connections;

        public async ValueTask DisposeAsync()
        {
            await _origin.DisposeAsync();
            Certificate.Dispose();
        }

        private async Task ServeAsync(RawConnection connection)
        {
            var name = "";
#pragma warning disable CA5359 // Any client certificate will do: it is told, not trusted.
            var options = new SslServerAuthenticationOptions
            {
                ServerCertificateSelectionCallback = (_, host) =>
                {
                    name = host;
                    return Certificate;
                },
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            };
#pragma warning restore CA5359
            await using var tls = new SslStream(new NetworkStream(connection.Socket));
            try
            {
                await tls.AuthenticateAsServerAsync(options);
                var buffer = new byte[4096];
                while (await tls.ReadAsync(buffer) > 0)
                {
                    var body = $"{name} {tls.RemoteCertificate?.Subject}";
                    await tls.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
                }
            }
            catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException)
            {
                // The client refused, or is done.
            }
        }
    }
