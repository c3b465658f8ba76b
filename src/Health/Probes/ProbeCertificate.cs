using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Reads the certificate that probes identify themselves with.</summary>
internal static class ProbeCertificate
{
    /// <summary>Files larger than this are no certificates.</summary>
    private const int LargestFileBytes = 1 << 20;

    /// <summary>Reports what is wrong with the files.</summary>
    public static void Validate(ProbeCertificateOptions options, string path, ICollection<ConfigError> errors)
    {
        if (string.IsNullOrEmpty(options.Path))
        {
            errors.Report(path.Below(nameof(options.Path)), "is required: a PEM or PFX file with the certificate that probes identify themselves with.");
            return;
        }

        if (!IsReadable(options.Path, path.Below(nameof(options.Path)), errors)) return;
        if (options.KeyPath is not null && !IsReadable(options.KeyPath, path.Below(nameof(options.KeyPath)), errors)) return;
        try
        {
            Load(options).Dispose();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            errors.Report(path.Below(nameof(options.Path)), $"'{options.Path}' could not be read: {e.Message} PEM with the private key in it or in KeyPath, or PFX, is expected, and its Password where it has one.");
        }
    }

    /// <summary>Reads it.</summary>
    public static X509Certificate2 Load(ProbeCertificateOptions options)
    {
        var content = File.ReadAllBytes(options.Path);
        if (content.AsSpan().IndexOf("-----BEGIN "u8) < 0) return X509CertificateLoader.LoadPkcs12(content, options.Password);
        using var certificate = options.Password is null
            ? X509Certificate2.CreateFromPemFile(options.Path, options.KeyPath)
            : X509Certificate2.CreateFromEncryptedPemFile(options.Path, options.Password, options.KeyPath);

        // A key that lives in memory alone is of no use to the TLS of some platforms.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
    }

    /// <summary>The other certificates of a PEM file: what leads from the first to an authority that the destination knows.</summary>
    public static X509Certificate2Collection LoadIntermediates(ProbeCertificateOptions options, X509Certificate2 certificate)
    {
        var all = new X509Certificate2Collection();
        if (File.ReadAllBytes(options.Path).AsSpan().IndexOf("-----BEGIN "u8) < 0) return all;
        all.ImportFromPemFile(options.Path);
        return [.. all.Where(c => !c.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))];
    }

    private static bool IsReadable(string file, string path, ICollection<ConfigError> errors)
    {
        var info = new FileInfo(file);
        if (!info.Exists) errors.Report(path, $"'{file}' is not there; a relative path starts at the working directory.");
        else if (info.Length is 0 or > LargestFileBytes) errors.Report(path, $"'{file}' has {info.Length} bytes, which no certificate has.");
        else return true;
        return false;
    }
}
