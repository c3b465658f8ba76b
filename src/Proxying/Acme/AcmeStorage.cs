using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>The folder that replicas share: the key of the account, certificates, proofs. Files are replaced as a whole, and belong to their owner alone.</summary>
internal sealed class AcmeStorage(string folder)
{
    private const int LargestProof = 1024;

    /// <summary>Folder of the certificates.</summary>
    public string Certificates => Path.Combine(folder, "certificates");

    /// <summary>File of the lease.</summary>
    public string Lease => Path.Combine(folder, "lease");

    private string Account => Path.Combine(folder, "account.pem");

    private string Proofs => Path.Combine(folder, "proofs");

    /// <summary>Where things of an authority are: apart from those of others, so that what a trial issued never serves afterwards.</summary>
    public static string FolderOf(AcmeOptions acme, string basePath) => Path.Combine(Path.GetFullPath(acme.Storage, basePath), $"{acme.Directory.IdnHost.Trim('[', ']').Replace(':', '_')}_{acme.Directory.Port}");

    /// <summary>Makes the folders that are missing.</summary>
    public void Create()
    {
        foreach (var path in (string[])[folder, Certificates, Proofs])
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The key of the account; made where there is none.</summary>
    public AcmeAccountKey OpenAccountKey()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(Account)) key.ImportFromPem(File.ReadAllText(Account));
        else Write(Account, key.ExportPkcs8PrivateKeyPem());
        return new AcmeAccountKey(key);
    }

    /// <summary>The certificate of a host, without its key; <see langword="null"/> where there is none that can be read.</summary>
    public X509Certificate2? ReadCertificate(string host)
    {
        try
        {
            return File.Exists(CertificateOf(host)) ? X509Certificate2.CreateFromPem(File.ReadAllText(CertificateOf(host))) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void WriteCertificate(string host, string pem) => Write(CertificateOf(host), pem);

    public void WriteProof(string name, string authorization) => Write(Path.Combine(Proofs, name), authorization);

    public void RemoveProof(string name)
    {
        try
        {
            File.Delete(Path.Combine(Proofs, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It proves nothing any more.
        }
    }

    public string? ReadProof(string name)
    {
        try
        {
            var file = new FileInfo(Path.Combine(Proofs, name));
            return file is { Exists: true, Length: > 0 and <= LargestProof } ? File.ReadAllText(file.FullName) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes a file as a whole: whoever reads sees the old one or the new one.</summary>
    public static void Write(string path, string text)
    {
        // What begins with a dot is left alone by those who look into the folder.
        var draft = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        try
        {
            using (var stream = OpenNew(draft))
            {
                stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    /// <summary>Makes a file that must not be there yet, for its owner alone.</summary>
    public static FileStream OpenNew(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private string CertificateOf(string host) => Path.Combine(Certificates, host + ".pem");
}
