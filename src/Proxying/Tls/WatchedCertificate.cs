using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>A certificate and the state of its files when it was read.</summary>
internal sealed class WatchedCertificate
{
    private readonly string _basePath;
    private readonly bool _stapling;
    private readonly FileWatch? _certificate;
    private readonly FileWatch? _key;
    private Stamps _read;
    private Stamps? _changing;
    private string? _refusal;

    private WatchedCertificate(CertificateSource source, string basePath, bool stapling, TimeProvider time)
    {
        Source = source;
        _basePath = basePath;
        _stapling = stapling;
        if (source.Options.Path.Length == 0) return;
        _certificate = new FileWatch(Path.GetFullPath(source.Options.Path, basePath), time);
        if (source.Options.KeyPath is { } key) _key = new FileWatch(Path.GetFullPath(key, basePath), time);
    }

    public CertificateSource Source { get; }

    /// <summary>What serves; <see langword="null"/> as long as there was nothing of use.</summary>
    public ServedCertificate? Served { get; private set; }

    /// <summary>Whether it was made under the same settings.</summary>
    public bool IsFor(CertificateSource source, bool stapling) => _stapling == stapling && Source.IsAs(source);

    /// <summary>Reads a certificate for the first time.</summary>
    public static WatchedCertificate Load(CertificateSource source, string basePath, bool stapling, TimeProvider time, ICollection<ConfigError> errors)
    {
        var watched = new WatchedCertificate(source, basePath, stapling, time);
        watched._read = watched.LookAtFiles();
        watched.Read(errors);
        return watched;
    }

    /// <summary>Watches one that has just been found, and may be half written: it is read once it has come to rest.</summary>
    public static WatchedCertificate Await(CertificateSource source, string basePath, bool stapling, TimeProvider time) => new(source, basePath, stapling, time);

    /// <summary>Reads it again when it has changed and come to rest: certificate and key together, or not at all.</summary>
    /// <param name="refusal">Why what is there now is of no use; told once.</param>
    /// <returns>Whether another certificate serves.</returns>
    public bool Look(out string? refusal)
    {
        refusal = null;
        if (Source.Options.Subject is not null) return false;
        var now = LookAtFiles();
        if (now == _read)
        {
            _changing = null;
            return false;
        }

        if (now != _changing)
        {
            _changing = now;
            return false;
        }

        var errors = new List<ConfigError>();
        _read = now;
        var taken = Read(errors);
        var problem = errors.Count == 0 ? null : string.Join(Environment.NewLine, errors);
        if (problem is not null && !string.Equals(problem, _refusal, StringComparison.Ordinal)) refusal = problem;
        _refusal = problem;
        return taken;
    }

    private bool Read(ICollection<ConfigError> errors)
    {
        var problems = new List<ConfigError>();
        var loaded = CertificateLoader.Load(Source.Options, _basePath, Source.SettingsPath, problems);
        // What was found has no settings of its own to be named.
        foreach (var problem in problems) errors.Add(Source.IsFound ? problem with { Path = Source.SettingsPath } : problem);
        if (loaded is null) return false;
        Served = new ServedCertificate(Source.Name, loaded, Source.Options.Hosts, _stapling);
        return true;
    }

    private Stamps LookAtFiles() => new(_certificate?.Look() ?? default, _key?.Look() ?? default);

    private readonly record struct Stamps(FileStamp Certificate, FileStamp Key);
}
