using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Reads the authorities that certificates of the other side have to come from: PEM, any number of certificates in one file.</summary>
internal static class TrustAnchorFile
{
    // Well within the time that the server gives to a handshake.
    private static readonly TimeSpan RetrievalTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Loads them.</summary>
    /// <param name="file">The file, with its whole path.</param>
    /// <param name="path">Path of the setting, for errors.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <returns>The certificates, or <see langword="null"/> with an error added.</returns>
    public static X509Certificate2Collection? Load(string file, string path, ICollection<ConfigError> errors)
    {
        if (!CertificateLoader.IsReadable(file, path, errors)) return null;
        try
        {
            var anchors = new X509Certificate2Collection();
            anchors.ImportFromPemFile(file);
            if (anchors.Count > 0) return anchors;
            errors.Report(path, $"'{file}' holds no certificate in PEM: those of the authorities are expected.");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            errors.Report(path, $"'{file}' holds no usable certificates in PEM: {e.Message}");
        }

        return null;
    }

    /// <summary>Rules by which a chain has to end at one of them.</summary>
    /// <param name="anchors">The authorities; <see langword="null"/> for those of the platform.</param>
    /// <param name="purpose">The extended key usage that is asked for, where the certificate names any.</param>
    /// <param name="revocation">Whether the platform asks about revocation: of all but the authority at the end.</param>
    public static X509ChainPolicy Policy(X509Certificate2Collection? anchors, Oid purpose, X509RevocationMode revocation = X509RevocationMode.NoCheck)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = revocation,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,
            UrlRetrievalTimeout = RetrievalTimeout,
            DisableCertificateDownloads = anchors is not null,
        };
        policy.ApplicationPolicy.Add(purpose);
        if (anchors is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(anchors);
        return policy;
    }
}
