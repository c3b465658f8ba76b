using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Which rule on certificates of clients counts for which host.</summary>
internal sealed class ClientCertificateRules
{
    private readonly ClientCertificateRule _main;
    private readonly NameTable<ClientCertificateRule> _hosts;
    private readonly List<(FileWatch File, FileStamp Read)> _files;

    private ClientCertificateRules(ClientCertificateRule main, NameTable<ClientCertificateRule> hosts, List<(FileWatch File, FileStamp Read)> files, List<RevocationList> lists, bool asks)
    {
        _main = main;
        _hosts = hosts;
        _files = files;
        Lists = lists;
        Asks = asks;
    }

    /// <summary>Whether any client is asked.</summary>
    public bool Asks { get; }

    /// <summary>Whether the rules of hosts differ.</summary>
    public bool DifferByHost => _hosts.Count > 0;

    /// <summary>All lists of revoked certificates.</summary>
    public IReadOnlyList<RevocationList> Lists { get; }

    /// <summary>Whether a file of authorities or of revoked certificates is not what was read. For one caller at a time.</summary>
    public bool HaveChanged => _files.Exists(f => f.File.Look() is var now && now != f.Read && now.Exists);

    /// <summary>Makes the rules.</summary>
    /// <param name="options">What the user wrote.</param>
    /// <param name="basePath">What relative paths are relative to.</param>
    /// <param name="path">Path of the settings, for errors.</param>
    /// <param name="time">The clock.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="logger">Hears why a client is refused.</param>
    public static ClientCertificateRules Load(TlsClientCertificateOptions? options, string basePath, string path, TimeProvider time, ICollection<ConfigError> errors, ILogger logger)
    {
        var files = new List<(FileWatch, FileStamp)>();
        var all = new List<RevocationList>();
        var anchors = Anchors(options?.TrustAnchors, path);
        var lists = Lists(options?.RevocationLists, anchors, path);
        var main = new ClientCertificateRule(options?.Mode ?? TlsClientCertificateMode.None, anchors, options?.RevocationMode ?? X509RevocationMode.NoCheck, lists);
        var hosts = new Dictionary<string, ClientCertificateRule>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, host) in options?.Hosts ?? new Dictionary<string, TlsHostClientCertificateOptions>(StringComparer.Ordinal))
        {
            var below = path.Below(nameof(options.Hosts)).Below(name);
            var own = host.TrustAnchors is null ? anchors : Anchors(host.TrustAnchors, below);
            var ownLists = host.TrustAnchors is null && host.RevocationLists.Count == 0 ? lists : Lists(host.RevocationLists, own, below);
            hosts[TlsHostNames.Normalize(name)] = new ClientCertificateRule(host.Mode ?? main.Mode, own, host.RevocationMode ?? options!.RevocationMode, ownLists);
        }

        var asks = main.Mode != TlsClientCertificateMode.None || hosts.Values.Any(h => h.Mode != TlsClientCertificateMode.None);
        return new(main, new NameTable<ClientCertificateRule>(hosts), files, all, asks);

        X509Certificate2Collection? Anchors(string? file, string parent)
        {
            if (file is null) return null;
            var full = System.IO.Path.GetFullPath(file, basePath);
            var watch = new FileWatch(full, time);
            files.Add((watch, watch.Look()));
            return TrustAnchorFile.Load(full, parent.Below(nameof(TlsClientCertificateOptions.TrustAnchors)), errors);
        }

        RevocationLists? Lists(IList<string>? named, X509Certificate2Collection? authorities, string parent)
        {
            // Without authorities there is an error already: that they are missing, or cannot be read.
            if (named is not { Count: > 0 } || authorities is null) return null;
            var read = new List<RevocationList>();
            for (var i = 0; i < named.Count; i++)
            {
                var full = System.IO.Path.GetFullPath(named[i], basePath);
                var watch = new FileWatch(full, time);
                files.Add((watch, watch.Look()));
                RevocationListFile.Load(full, parent.Below(nameof(TlsClientCertificateOptions.RevocationLists)).Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture)), authorities, read, errors);
            }

            all.AddRange(read);
            return new RevocationLists(read, time, logger);
        }
    }

    public ClientCertificateRule Find(string? host) => host is not null && _hosts.Find(host) is { } own ? own : _main;
}
