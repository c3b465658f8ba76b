using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Acme;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Lists where certificates come from by the settings of a moment.</summary>
internal static class CertificateSources
{
    /// <summary>Whether certificates may come that are not there yet.</summary>
    public static bool MayGrow(TlsOptions options) => options.Directory is not null || options.Acme is not null;

    public static List<CertificateSource> Find(TlsOptions options, string basePath, string path, ICollection<ConfigError> errors)
    {
        var sources = new List<CertificateSource>();
        foreach (var (name, certificate) in options.Certificates) sources.Add(new(name, path.Below(nameof(options.Certificates)).Below(name), certificate, IsFound: false));
        if (options.Directory is not null) sources.AddRange(Find(Path.GetFullPath(options.Directory, basePath), path.Below(nameof(options.Directory)), errors));
        if (options.Acme is null) return sources;
        // Made by the first order.
        var issued = new AcmeStorage(AcmeStorage.FolderOf(options.Acme, basePath)).Certificates;
        if (!Directory.Exists(issued)) return sources;
        foreach (var source in Find(issued, path.Below(nameof(options.Acme)), errors))
        {
            if (AcmeRules.Has(options.Acme, Path.GetFileNameWithoutExtension(source.Name))) sources.Add(source with { IsIssued = true });
        }

        return sources;
    }

    private static List<CertificateSource> Find(string folder, string path, ICollection<ConfigError> errors)
    {
        try
        {
            return CertificateFolder.Find(folder, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Report(path, $"The folder '{folder}' cannot be read: {e.Message} Relative paths start at the content root.");
            return [];
        }
    }
}
