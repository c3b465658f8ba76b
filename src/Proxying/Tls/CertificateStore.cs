using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Takes a certificate from the store of the platform, by the settings that ASP.NET Core has for it.</summary>
internal static class CertificateStore
{
    /// <summary>Finds a certificate with its key.</summary>
    /// <returns>The certificate, or <see langword="null"/> with an error added.</returns>
    public static LoadedCertificate? Load(TlsCertificateOptions options, string path, ICollection<ConfigError> errors)
    {
        var location = Enum.TryParse<StoreLocation>(options.Location, ignoreCase: true, out var known) ? known : StoreLocation.CurrentUser;
        try
        {
            using var store = new X509Store(options.Store ?? "My", location, OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            var found = store.Certificates.Find(X509FindType.FindBySubjectName, options.Subject!, validOnly: !options.AllowInvalid)
                .Where(c => c.HasPrivateKey)
                .MaxBy(c => c.NotAfter);
            if (found is not null) return new LoadedCertificate(found, []);
            errors.Report(
                path + ":Subject",
                $"The store '{store.Name}' of {location} has no certificate with a private key for '{options.Subject}'{(options.AllowInvalid ? "" : " that the platform trusts (AllowInvalid takes others too)")}.");
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            errors.Report(path + ":Store", $"The store '{options.Store ?? "My"}' of {location} cannot be opened: {e.Message}");
        }

        return null;
    }
}
