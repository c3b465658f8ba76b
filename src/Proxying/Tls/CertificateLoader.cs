using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Reads a certificate with its key and intermediates: PEM in one file or two, or PFX; told apart by what is in the file, not by its name.</summary>
internal static class CertificateLoader
{
    /// <summary>Files larger than this are no certificates.</summary>
    private const int LargestFileBytes = 1 << 20;

    // ERROR_INVALID_PASSWORD, on every platform.
    private const int WrongPassword = unchecked((int)0x80070056);

    /// <summary>Loads a certificate.</summary>
    /// <param name="options">What the user wrote.</param>
    /// <param name="basePath">What relative paths are relative to.</param>
    /// <param name="path">Path of the settings, for errors.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <returns>The certificate, or <see langword="null"/> with an error added.</returns>
    public static LoadedCertificate? Load(TlsCertificateOptions options, string basePath, string path, ICollection<ConfigError> errors)
    {
        if (options.Subject is not null) return CertificateStore.Load(options, path, errors);
        if (options.Path.Length == 0)
        {
            errors.Add(new($"{path}:Path", "A certificate needs the path of a PEM or PFX file."));
            return null;
        }

        var file = Path.GetFullPath(options.Path, basePath);
        var keyFile = options.KeyPath is null ? file : Path.GetFullPath(options.KeyPath, basePath);
        if (!IsReadable(file, $"{path}:Path", errors) | (keyFile != file && !IsReadable(keyFile, $"{path}:KeyPath", errors))) return null;
        try
        {
            var content = File.ReadAllBytes(file);
            return content.AsSpan().IndexOf("-----BEGIN "u8) >= 0
                ? LoadPem(file, keyFile, options.Password, path, errors)
                : LoadPfx(content, options.Password);
        }
        catch (CryptographicException e) when (e.HResult == WrongPassword)
        {
            errors.Add(new($"{path}:Password", options.Password is null ? $"'{file}' is protected by a password." : $"The password does not open '{file}'."));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            errors.Add(new($"{path}:Path", $"'{file}' holds no usable certificate with its private key: {e.Message} Expected are PEM (certificate, intermediates, key; the key may be in KeyPath) or PFX, and the Password where one protects it."));
        }

        return null;
    }

    /// <summary>Whether a file is there and of a size that can be.</summary>
    internal static bool IsReadable(string file, string path, ICollection<ConfigError> errors)
    {
        var info = new FileInfo(file);
        if (!info.Exists) errors.Add(new(path, $"There is no file '{file}'. Relative paths start at the content root."));
        else if (info.Length is 0 or > LargestFileBytes) errors.Add(new(path, $"'{file}' has {info.Length} bytes, which no certificate has."));
        else return true;
        return false;
    }

    private static LoadedCertificate? LoadPem(string file, string keyFile, string? password, string path, ICollection<ConfigError> errors)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        if (chain.Count == 0) throw new CryptographicException("There is no certificate in it.");
        var key = File.ReadAllText(keyFile);
        var isEncrypted = key.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal);
        try
        {
            if (!key.Contains(" PRIVATE KEY-----", StringComparison.Ordinal))
                errors.Add(new($"{path}:KeyPath", $"There is no private key in PEM in '{keyFile}'."));
            else if (isEncrypted && password is null)
                errors.Add(new($"{path}:Password", $"The private key in '{keyFile}' is protected by a password."));
            else
                return Loaded(Servable(isEncrypted ? X509Certificate2.CreateFromEncryptedPemFile(file, password, keyFile) : X509Certificate2.CreateFromPemFile(file, keyFile)), chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // The platform does not tell a wrong password from a wrong key.
            errors.Add(isEncrypted && !CanOpen(key, password!)
                ? new($"{path}:Password", $"The password does not open the private key in '{keyFile}'.")
                : new($"{path}:KeyPath", $"The private key in '{keyFile}' does not belong to the certificate in '{file}', or is of a kind that is not known: {e.Message}"));
        }

        return null;
    }

    /// <summary>Windows makes no handshakes with a key that is in memory only, as one from PEM is.</summary>
    internal static X509Certificate2 Servable(X509Certificate2 certificate) =>
        OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null) : certificate;

    private static bool CanOpen(string key, string password)
    {
        using var rsa = RSA.Create();
        using var ecdsa = ECDsa.Create();
        return CanOpen(rsa, key, password) || CanOpen(ecdsa, key, password);
    }

    private static bool CanOpen(AsymmetricAlgorithm algorithm, string key, string password)
    {
        try
        {
            algorithm.ImportFromEncryptedPem(key, password);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static LoadedCertificate LoadPfx(byte[] content, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12Collection(content, password);
        var certificate = all.FirstOrDefault(c => c.HasPrivateKey) ?? throw new CryptographicException("There is no private key in it.");
        return Loaded(certificate, all);
    }

    private static LoadedCertificate Loaded(X509Certificate2 certificate, X509Certificate2Collection all) => new(certificate, [.. all.Where(c => !c.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))]);
}
