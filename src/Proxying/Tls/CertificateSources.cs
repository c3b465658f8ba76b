using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Lists where certificates come from by the settings of a moment.</summary>
internal static class CertificateSources
{
    /// <summary>Whether certificates may come that are not there yet.</summary>
    public static bool MayGrow(TlsOptions options) => options.Directory is not null;

    public static List<CertificateSource> Find(TlsOptions options, string basePath, string path, ICollection<ConfigError> errors)
    {
        var sources = new List<CertificateSource>();
        foreach (var (name, certificate) in options.Certificates) sources.Add(new(name, path.Below(nameof(options.Certificates)).Below(name), certificate, IsFound: false));
        if (options.Directory is null) return sources;
        var folder = Path.GetFullPath(options.Directory, basePath);
        try
        {
            sources.AddRange(CertificateFolder.Find(folder, path.Below(nameof(options.Directory))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Report(path.Below(nameof(options.Directory)), $"The folder '{folder}' cannot be read: {e.Message} Relative paths start at the content root.");
        }

        return sources;
    }
}
