using System.Globalization;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.ResponseCaching;

namespace Net2Secure.Routing.Proxying;

/// <summary>One revision of what a source of ours says.</summary>
#pragma warning disable CA1001 // The token source is not disposed: it holds no timer and no handle, and its token may be asked for at any time.
internal sealed class LoadedProxyConfig : IRootedProxyConfig
#pragma warning restore CA1001
{
    private static long _lastRevision;

    private readonly CancellationTokenSource _superseded = new();

    public LoadedProxyConfig(
        IReadOnlyList<RouteOptions> routes, IReadOnlyList<ProxyClusterOptions> clusters, string rootPath, IReadOnlyList<ConfigError>? notices = null)
    {
        Routes = routes;
        Clusters = clusters;
        RootPath = rootPath;
        Notices = notices ?? [];
        ChangeToken = new CancellationChangeToken(_superseded.Token);
        RevisionId = Interlocked.Increment(ref _lastRevision).ToString(CultureInfo.InvariantCulture);
    }

    public string RevisionId { get; }

    public IReadOnlyList<RouteOptions> Routes { get; }

    public IReadOnlyList<ProxyClusterOptions> Clusters { get; }

    public IChangeToken ChangeToken { get; }

    public string RootPath { get; }

    public ForwardingOptions? Forwarding { get; private init; }

    public TlsOptions? Tls { get; private init; }

    public ShieldingOptions? Shielding { get; private init; }

    public IDictionary<string, TcpListenerOptions>? Tcp { get; private init; }

    public CacheStoreSettings? Cache { get; private init; }

    public AccessLogOptions? AccessLog { get; private init; }

    public ExplainOptions? Explain { get; private init; }

    public DashboardOptions? Dashboard { get; private init; }

    public IReadOnlyList<ConfigError> Notices { get; }

    /// <summary>What it was read from; <see langword="null"/>: it was written in code.</summary>
    public SettingsNode? Settings { get; private init; }

    /// <summary>Reads settings, or throws with everything that is wrong with them.</summary>
    /// <param name="settings">The section.</param>
    /// <param name="path">Its name, for the paths of errors.</param>
    /// <param name="names">The names that may be used.</param>
    /// <param name="errors">What the caller found wrong already.</param>
    /// <exception cref="ProxyConfigException">Something cannot be read.</exception>
    public static LoadedProxyConfig From(SettingsNode settings, string path, ProxyConfigNames names, params IReadOnlyList<ConfigError> errors)
    {
        var result = ProxyConfigReader.Read(settings, path, names.Stores);
        if (result.Errors.Count == 0 && errors.Count == 0)
        {
            return new LoadedProxyConfig(result.Routes, result.Clusters, path, result.Notices)
            {
                Forwarding = result.Forwarding,
                Tls = result.Tls,
                Shielding = result.Shielding,
                Tcp = result.Tcp,
                Cache = result.Cache,
                AccessLog = result.AccessLog,
                Explain = result.Explain,
                Dashboard = result.Dashboard,
                Settings = settings,
            };
        }

        // What can be judged without the other sources is reported along, so that one look at the errors is enough.
        List<ConfigError> all = [.. errors, .. result.Errors];
        ProxyConfigValidator.ValidateAlone(result, path, names, all);
        throw new ProxyConfigException(all);
    }

    /// <summary>Announces that there is something newer. Runs the callbacks of those who listen.</summary>
    public void Supersede() => _superseded.Cancel(throwOnFirstException: false);
}
