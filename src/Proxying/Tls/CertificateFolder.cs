namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Finds certificates in a folder, by the names that tools and people give them.</summary>
internal static class CertificateFolder
{
    /// <summary>More than this in one folder is a mistake.</summary>
    private const int Most = 10_000;

    private static readonly string[] Alone = [".pfx", ".p12"];
    private static readonly string[] WithKey = [".pem", ".crt"];

    /// <summary>What is in it; an exception of the file system says why it cannot be told.</summary>
    public static List<CertificateSource> Find(string folder, string settingsPath)
    {
        var found = new List<CertificateSource>();
        var names = Directory.EnumerateFileSystemEntries(folder).Take(Most).ToHashSet(StringComparer.Ordinal);
        foreach (var path in names.Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            var extension = Path.GetExtension(path).ToLowerInvariant();
            // What begins with a dot is half written, or the bookkeeping of a mount.
            if (name.StartsWith('.')) continue;
            if (Alone.Contains(extension, StringComparer.Ordinal)) Add(path, key: null);
            else if (WithKey.Contains(extension, StringComparer.Ordinal)) Add(path, Path.ChangeExtension(path, ".key") is var key && names.Contains(key) ? key : null);
            else if (Path.Combine(path, "fullchain.pem") is var chain && File.Exists(chain)) Add(chain, Path.Combine(path, "privkey.pem"));
        }

        return found;

        void Add(string path, string? key) =>
            found.Add(new(Path.GetRelativePath(folder, path), settingsPath, new TlsCertificateOptions { Path = path, KeyPath = key }, IsFound: true));
    }
}
