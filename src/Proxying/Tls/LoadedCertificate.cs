using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>A certificate with its private key, and the intermediates that are sent with it.</summary>
internal sealed record LoadedCertificate(X509Certificate2 Certificate, X509Certificate2Collection Intermediates);
