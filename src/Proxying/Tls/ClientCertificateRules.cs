using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Which rule on certificates of clients counts for which host.</summary>
internal sealed class ClientCertificateRules
{
    private readonly ClientCertificateRule _main;
    private readonly NameTable<ClientCertificateRule> _hosts;
    private readonly List<(FileWatch File, FileStamp Read)> _files;

    private ClientCertificateRules(ClientCertificateRule main, NameTable<ClientCertificateRule> hosts, List<(FileWatch File, FileStamp Read)> files, bool asks)
    {
        _main = main;
        _hosts = hosts;
        _files = files;
        Asks = asks;
    }

    /// <summary>Whether any client is asked.</summary>
    public bool Asks { get; }

    /// <summary>Whether the rules of hosts differ.</summary>
    public bool DifferByHost => _hosts.Count > 0;

    /// <summary>Whether a file of authorities is not what was read. For one caller at a time.</summary>
    public bool HaveChanged => _files.Exists(f => f.File.Look() is var now && now != f.Read && now.Exists);

    /// <summary>Makes the rules.</summary>
    /// <param name="options">What the user wrote.</param>
    /// <param name="basePath">What relative paths are relative to.</param>
    /// <param name="path">Path of the settings, for errors.</param>
    /// <param name="time">The clock.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static ClientCertificateRules Load(TlsClientCertificateOptions? options, string basePath, string path, TimeProvider time, ICollection<ConfigError> errors)
    {
        var files = new List<(FileWatch, FileStamp)>();
        var anchors = Anchors(options?.TrustAnchors, path);
        var main = new ClientCertificateRule(options?.Mode ?? TlsClientCertificateMode.None, anchors);
        var hosts = new Dictionary<string, ClientCertificateRule>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, host) in options?.Hosts ?? new Dictionary<string, TlsHostClientCertificateOptions>(StringComparer.Ordinal))
        {
            var own = host.TrustAnchors is null ? anchors : Anchors(host.TrustAnchors, path.Below(nameof(options.Hosts)).Below(name));
            hosts[TlsHostNames.Normalize(name)] = new ClientCertificateRule(host.Mode ?? main.Mode, own);
        }

        var asks = main.Mode != TlsClientCertificateMode.None || hosts.Values.Any(h => h.Mode != TlsClientCertificateMode.None);
        return new(main, new NameTable<ClientCertificateRule>(hosts), files, asks);

        X509Certificate2Collection? Anchors(string? file, string parent)
        {
            if (file is null) return null;
            var full = System.IO.Path.GetFullPath(file, basePath);
            var watch = new FileWatch(full, time);
            files.Add((watch, watch.Look()));
            return TrustAnchorFile.Load(full, parent.Below(nameof(TlsClientCertificateOptions.TrustAnchors)), errors);
        }
    }

    public ClientCertificateRule Find(string? host) => host is not null && _hosts.Find(host) is { } own ? own : _main;
}
