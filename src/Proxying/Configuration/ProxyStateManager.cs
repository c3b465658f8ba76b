using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.AccessLog;
using Net2Secure.Routing.Proxying.Dashboard;
using Net2Secure.Routing.Proxying.Explaining;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Pipeline;
using Net2Secure.Routing.Proxying.ResponseCaching;
using Net2Secure.Routing.Proxying.Routing;
using Net2Secure.Routing.Proxying.Shielding;
using Net2Secure.Routing.Proxying.Tcp;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying;

/// <summary>Brings to life what the sources of configuration say, now and whenever it changes: validated whole, applied whole, or not at all.</summary>
internal sealed class ProxyStateManager : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    // A source may change while it is read; one that always has changed already does not swap before it signals, and would be asked for ever.
    private const int MostReadsAtOnce = 3;

    private readonly Lock _lock = new();
    private readonly List<ConfigSource> _sources;
    private readonly ProxyConfigNames _names;
    private readonly ClusterRegistry _registry;
    private readonly ClusterPipelines _pipelines;
    private readonly RouteStateFactory _routes;
    private readonly RouteServicesValidator _routeServices;
    private readonly Shield _shield;
    private readonly ShieldingAudit _audit;
    private readonly TcpPorts _tcp;
    private readonly TlsState _tls;
    private readonly TimeProvider _time;
    private readonly ILogger<ProxyStateManager> _logger;
    private readonly AccessLogger? _accessLog;
    private readonly RequestExplanations? _explanations;
    private readonly ProxyEvents? _events;
    private CacheStoreSettings? _cacheAtStart;
    private IReadOnlyList<ConfigError> _mapped = [];
    private bool _started;
    private bool _disposed;

    public ProxyStateManager(
        IEnumerable<IProxyConfigProvider> providers,
        ProxyConfigNames names,
        ClusterRegistry registry,
        ClusterPipelines pipelines,
        RouteStateFactory routes,
        RouteServicesValidator routeServices,
        Shield shield,
        ShieldingAudit audit,
        TcpPorts tcp,
        TlsState tls,
        TimeProvider time,
        ILogger<ProxyStateManager> logger,
        AccessLogger? accessLog = null,
        RequestExplanations? explanations = null,
        ProxyEvents? events = null)
    {
        _sources = [.. providers.Select(p => new ConfigSource(p))];
        _names = names;
        _registry = registry;
        _pipelines = pipelines;
        _routes = routes;
        _routeServices = routeServices;
        _shield = shield;
        _audit = audit;
        _tcp = tcp;
        _tls = tls;
        _time = time;
        _logger = logger;
        _accessLog = accessLog;
        _explanations = explanations;
        _events = events;
    }

    /// <summary>The present routes, for ASP.NET Core routing.</summary>
    public ProxyEndpointDataSource Endpoints { get; } = new();

    /// <summary>What is in force.</summary>
    public AppliedConfiguration Applied { get; private set; } = new([], [], [], []);

    /// <summary>Why the latest change does not serve; <see langword="null"/>: it does.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>What the configuration that the application was started with says of the dashboard.</summary>
    public DashboardOptions? DashboardAtStart { get; private set; }

    /// <summary>Its path, for messages.</summary>
    public string DashboardPath { get; private set; } = "Dashboard";

    /// <summary>Loads and applies the first configuration, and follows its changes from then on. A second call does nothing.</summary>
    /// <exception cref="ProxyConfigException">The configuration cannot be used; everything that is wrong is listed.</exception>
    public void Start()
    {
        lock (_lock)
        {
            if (_started) return;
            foreach (var source in _sources) source.Read();
            var errors = Apply_NeedsLock(static source => source.Last!);
            if (errors.Count > 0) throw new ProxyConfigException(errors);
            _started = true;
            foreach (var source in _sources) Follow_NeedsLock(source);
        }
    }

    /// <summary>Takes what the audit has found in endpoints that code has mapped: it stays true of every configuration.</summary>
    public void Add(IReadOnlyList<ConfigError> findings)
    {
        lock (_lock)
        {
            _mapped = findings;
            Applied = Applied with { Findings = [.. Applied.Findings, .. findings] };
        }

        foreach (var finding in findings) ShieldingLog.Unsafe(_logger, finding.Path, finding.Message);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var source in _sources) source.Dispose();
        }
    }

    private void Follow_NeedsLock(ConfigSource source)
    {
        source.Retry = FirstRetry;
        source.Subscription = source.Last!.ChangeToken.RegisterChangeCallback(
            static state =>
            {
                var (manager, changed) = ((ProxyStateManager, ConfigSource))state!;
                manager.Reload(changed);
            },
            (this, source));
    }

    private void Reload(ConfigSource source)
    {
        lock (_lock)
        {
            source.Subscription?.Dispose();
            for (var reads = 0; !_disposed; reads++)
            {
                try
                {
                    source.Read();
                }
                catch (Exception e)
                {
                    // Its token has fired and there is no new one: the only way to hear from it again is to ask.
                    ProxyStateLog.SourceFailed(_logger, source.Name, source.Retry, e);
                    TellRefused_NeedsLock(source, $"could not be read: {e.Message}");
                    RetryLater_NeedsLock(source);
                    return;
                }

                Take_NeedsLock(source);
                if (!source.Last!.ChangeToken.HasChanged)
                {
                    Follow_NeedsLock(source);
                    return;
                }

                if (reads < MostReadsAtOnce) continue;
                ProxyStateLog.SourceStale(_logger, source.Name, source.Retry);
                RetryLater_NeedsLock(source);
                return;
            }
        }
    }

    /// <summary>Applies what a source said last, or refuses it.</summary>
    private void Take_NeedsLock(ConfigSource source)
    {
        try
        {
            Apply_NeedsLock(source);
        }
        catch (Exception exception)
        {
            // A source that hands out lists which fail while they are read must not end the watch over it.
            ProxyStateLog.Refused(_logger, source.Name, source.Accepted!.RevisionId, exception.ToString());
            TellRefused_NeedsLock(source, exception.Message);
        }
    }

    private void Apply_NeedsLock(ConfigSource source)
    {
        // What another source said and was refused may fit now: a route that came before its cluster.
        var errors = Apply_NeedsLock(static s => s.Last!);
        if (errors.Count > 0 && _sources.Exists(s => s != source && s.Last != s.Accepted))
        {
            errors = Apply_NeedsLock(s => s == source ? s.Last! : s.Accepted!);
        }

        if (errors.Count == 0) return;
        var text = string.Join(Environment.NewLine, errors);
        ProxyStateLog.Refused(_logger, source.Name, source.Accepted!.RevisionId, text);
        TellRefused_NeedsLock(source, text);
    }

    private void TellRefused_NeedsLock(ConfigSource source, string why)
    {
        LastRefusal = $"{source.Name}: {why}";
        _events?.Tell(ProxyEventKinds.Configuration, Severities.Error, source.Name, $"A change is refused, and the last good configuration keeps serving: {why}");
    }

    private void RetryLater_NeedsLock(ConfigSource source)
    {
        source.Timer?.Dispose();
        source.Timer = _time.CreateTimer(_ => Reload(source), null, source.Retry, System.Threading.Timeout.InfiniteTimeSpan);
        source.Retry = source.Retry * 2 < LongestRetry ? source.Retry * 2 : LongestRetry;
    }

    /// <summary>Validates what all sources say together and, if it is right, makes it the configuration that serves.</summary>
    /// <returns>What is wrong; when not empty, nothing has changed.</returns>
    private List<ConfigError> Apply_NeedsLock(Func<ConfigSource, IProxyConfig> choose)
    {
        var configs = _sources.ConvertAll(s => choose(s));
        var errors = new List<ConfigError>();
        var (shielding, tcp, drafts, tls, notices, findings) = Check_NeedsLock(configs, errors);
        if (errors.Count > 0) return errors;

        var clusters = configs.SelectMany(c => c.Clusters).ToList();
        if (!TryBringToLife_NeedsLock(configs, clusters, drafts, shielding, errors)) return errors;
        _tls.Commit(tls!);
        _shield.Apply(shielding);
        _tcp.Apply(tcp, clusters);
        _explanations?.Use(configs.OfType<IRootedProxyConfig>().Select(c => c.Explain).FirstOrDefault(e => e is not null));
        _accessLog?.Use(configs.OfType<IRootedProxyConfig>().Select(c => c.AccessLog).FirstOrDefault(a => a is not null));
        Applied = new([.. configs.SelectMany(c => c.Routes)], clusters, [.. clusters.Select(Live)], notices) { Findings = findings };
        for (var i = 0; i < configs.Count; i++) _sources[i].Accepted = configs[i];
        foreach (var notice in notices) ProxyStateLog.Notice(_logger, notice.Path, notice.Message);
        foreach (var finding in findings) ShieldingLog.Unsafe(_logger, finding.Path, finding.Message);
        ProxyStateLog.Applied(_logger, drafts.Count, clusters.Count);
        LastRefusal = null;
        _events?.Tell(ProxyEventKinds.Configuration, Severities.Info, "Configuration", FormattableString.Invariant($"{(_started ? "Reloaded" : "Loaded")}: {drafts.Count} routes to {clusters.Count} clusters"));
        return errors;
    }

    /// <summary>Says what would become of a candidate in the place of the file or section that serves now. Nothing changes by that.</summary>
    /// <exception cref="InvalidOperationException">Nothing serves yet.</exception>
    public Rehearsal Rehearse(LoadedProxyConfig candidate)
    {
        lock (_lock)
        {
            if (!_started) throw new InvalidOperationException("There is no configuration yet that a candidate could be compared with: call app.MapNet2Proxy() first.");
            var replaced = _sources.Find(static s => s.Accepted is LoadedProxyConfig { Settings.Exists: true });
            List<IProxyConfig> configs = _sources.ConvertAll(s => s == replaced ? candidate : s.Accepted!);
            if (replaced is null) configs.Add(candidate);
            var errors = new List<ConfigError>();
            var (_, _, _, tls, notices, findings) = Check_NeedsLock(configs, errors);
            if (tls is not null) _tls.Release(tls);
            List<Cluster> after = [];
            if (errors.Count == 0)
            {
                after = _registry.Sketch(this, [.. configs.SelectMany(c => c.Clusters)], "Clusters", errors, []);
                for (var i = 0; i < errors.Count; i++) errors[i] = errors[i] with { Path = Rooted(errors[i].Path, configs) };
            }

            return new(
                errors, notices, findings, (replaced?.Accepted as LoadedProxyConfig)?.Settings,
                Applied.Routes, _registry.Sketch(this, Applied.Clusters, "Clusters", [], []), [.. configs.SelectMany(c => c.Routes)], after);
        }
    }

    /// <summary>Finds everything that is wrong with what all sources say together, and reads what it names.</summary>
    private Checked Check_NeedsLock(List<IProxyConfig> configs, List<ConfigError> errors)
    {
        var notices = configs.OfType<IRootedProxyConfig>().SelectMany(c => c.Notices).ToList();
        ProxyConfigValidator.Validate(configs, _names, errors, notices);
        NoticeCache(configs, notices);
        var shielding = configs.OfType<IRootedProxyConfig>().Select(c => c.Shielding).FirstOrDefault(s => s is not null) ?? Coded(errors);
        var tcp = ReadTcp(configs, errors);
        NoticeDashboard(configs, notices, errors);
        foreach (var (route, path) in Routes(configs)) _routeServices.Validate(route, path, errors);
        var drafts = errors.Count == 0 ? _routes.Compile(configs, errors) : [];
        IReadOnlyList<ConfigError> findings = errors.Count == 0 && shielding.Audit != ShieldingAuditMode.Off ? [.. _audit.Find(configs, shielding), .. _mapped] : [];
        if (shielding.Audit == ShieldingAuditMode.Strict) errors.AddRange(findings.Select(static f => f with { Message = f.Message + ShieldingAudit.StrictSuffix }));
        var tls = errors.Count == 0 ? PrepareTls(configs, errors, notices) : null;
        return new(shielding, tcp, drafts, tls, notices, findings);
    }

    /// <summary>Makes clusters, pipelines and endpoints. What can still fail here is code of the application: policies, handlers, conventions.</summary>
    private bool TryBringToLife_NeedsLock(List<IProxyConfig> configs, List<ProxyClusterOptions> clusters, List<RouteStateFactory.Draft> drafts, ShieldingOptions shielding, List<ConfigError> errors)
    {
        try
        {
            _registry.Apply(this, clusters, "Clusters", errors, []);
        }
        catch (Microsoft.Extensions.Options.OptionsValidationException)
        {
            for (var i = 0; i < errors.Count; i++) errors[i] = errors[i] with { Path = Rooted(errors[i].Path, configs) };
            return false;
        }

        try
        {
            var pipelines = _pipelines.Create(clusters);
            var forwarding = configs.OfType<IRootedProxyConfig>().Select(c => c.Forwarding).FirstOrDefault(f => f is not null);
            Endpoints.Publish(conventions => _routes.Create(drafts, clusters, pipelines, forwarding, shielding, conventions));
        }
        catch (Exception exception)
        {
            _pipelines.Discard();
            _registry.Apply(this, Applied.Clusters);
            errors.Add(new(Rooted("", configs), $"could not be brought to life: {Innermost(exception).Message}"));
            return false;
        }

        _pipelines.Accept();
        return true;
    }

    /// <summary>What the application's code says where no source of configuration has the section.</summary>
    private ShieldingOptions Coded(List<ConfigError> errors)
    {
        ShieldingRules.Validate(_shield.Coded, "Shielding", errors);
        return _shield.Coded;
    }

    private IDictionary<string, TcpListenerOptions> ReadTcp(List<IProxyConfig> configs, List<ConfigError> errors)
    {
        var rooted = configs.OfType<IRootedProxyConfig>().FirstOrDefault(c => c.Tcp is not null);
        var listeners = rooted?.Tcp ?? _tcp.Coded;
        TcpRules.Validate(listeners, (rooted?.RootPath ?? "").Below("Tcp"), [.. configs.SelectMany(c => c.Clusters).Select(c => c?.ClusterId ?? "")], errors);
        return listeners;
    }

    private TlsDraft PrepareTls(List<IProxyConfig> configs, List<ConfigError> errors, List<ConfigError> notices)
    {
        var rooted = configs.OfType<IRootedProxyConfig>().FirstOrDefault(c => c.Tls is not null);
        return _tls.Prepare(rooted?.Tls, (rooted?.RootPath ?? "").Below("Tls"), errors, notices);
    }

    // What is stored would be lost with a store that is made anew.
    private void NoticeCache(List<IProxyConfig> configs, List<ConfigError> notices)
    {
        var rooted = configs.OfType<IRootedProxyConfig>().FirstOrDefault(c => c.Cache is not null);
        if (!_started) _cacheAtStart = rooted?.Cache;
        else if (rooted?.Cache != _cacheAtStart) notices.Report((rooted?.RootPath ?? "").Below("Cache"), "has changed, which takes effect when the application is started again");
    }

    // Its endpoints are made once, as those of the application are.
    private void NoticeDashboard(List<IProxyConfig> configs, List<ConfigError> notices, List<ConfigError> errors)
    {
        var rooted = configs.OfType<IRootedProxyConfig>().FirstOrDefault(c => c.Dashboard is not null);
        var path = (rooted?.RootPath ?? "").Below("Dashboard");
        if (rooted?.Dashboard is { } dashboard) _routeServices.ValidateAuthorization(dashboard.AuthorizationPolicy, path.Below(nameof(DashboardOptions.AuthorizationPolicy)), errors);
        if (!_started) (DashboardAtStart, DashboardPath) = (rooted?.Dashboard, path);
        else if (!DashboardRules.AreSame(rooted?.Dashboard, DashboardAtStart)) notices.Report(path, "has changed, which takes effect when the application is started again");
    }

    private Cluster Live(ProxyClusterOptions options) => _registry.TryGet(options.ClusterId, out var cluster) ? cluster : throw new System.Diagnostics.UnreachableException();

    private static IEnumerable<(RouteOptions Route, string Path)> Routes(List<IProxyConfig> configs)
    {
        foreach (var config in configs)
        {
            var root = ((config as IRootedProxyConfig)?.RootPath ?? "").Below("Routes");
            foreach (var route in config.Routes)
            {
                if (!string.IsNullOrEmpty(route?.RouteId)) yield return (route, root.Below(route.RouteId));
            }
        }
    }

    /// <summary>The path with the root of the source that describes the cluster it begins with.</summary>
    private static string Rooted(string path, List<IProxyConfig> configs)
    {
        var id = path.Split(':') is [_, var second, ..] ? second : null;
        foreach (var config in configs)
        {
            if (id is null || config.Clusters.Any(c => string.Equals(c.ClusterId, id, StringComparison.OrdinalIgnoreCase)))
            {
                var root = (config as IRootedProxyConfig)?.RootPath ?? "";
                if (root.Length > 0) return path.Length > 0 ? root.Below(path) : root;
                if (id is not null) return path;
            }
        }

        return path.Length > 0 ? path : ProxyConfigReader.SectionName;
    }

    private static Exception Innermost(Exception exception) =>
        exception is AggregateException { InnerExceptions: [var only] } ? Innermost(only) : exception;

    public override string ToString() => "the configuration of the proxy";

    /// <summary>The configuration that serves.</summary>
    /// <param name="Routes">The routes, as they were written.</param>
    /// <param name="Clusters">The clusters, as they were written.</param>
    /// <param name="Live">The same, alive.</param>
    /// <param name="Notices">What is valid but has no effect.</param>
    internal sealed record AppliedConfiguration(
        IReadOnlyList<RouteOptions> Routes, IReadOnlyList<ProxyClusterOptions> Clusters, IReadOnlyList<Cluster> Live, IReadOnlyList<ConfigError> Notices)
    {
        /// <summary>What is valid and unsafe.</summary>
        public IReadOnlyList<ConfigError> Findings { get; init; } = [];
    }

    /// <summary>What serves and what would, side by side, before either is asked anything.</summary>
    /// <param name="Errors">Why the candidate would be refused.</param>
    /// <param name="Notices">What of it is valid but has no effect.</param>
    /// <param name="Findings">What of it is valid and unsafe.</param>
    /// <param name="Settings">The settings that it would replace; <see langword="null"/>: none.</param>
    /// <param name="Routes">The routes that serve.</param>
    /// <param name="Clusters">Their clusters, as sketches.</param>
    /// <param name="NewRoutes">The routes that would serve.</param>
    /// <param name="NewClusters">Their clusters, as sketches; none where there are errors.</param>
    internal sealed record Rehearsal(
        IReadOnlyList<ConfigError> Errors, IReadOnlyList<ConfigError> Notices, IReadOnlyList<ConfigError> Findings, SettingsNode? Settings,
        IReadOnlyList<RouteOptions> Routes, IReadOnlyList<Cluster> Clusters, IReadOnlyList<RouteOptions> NewRoutes, IReadOnlyList<Cluster> NewClusters);

    /// <summary>What was found out and read about a configuration on the way to its taking effect.</summary>
    private sealed record Checked(
        ShieldingOptions Shielding, IDictionary<string, TcpListenerOptions> Tcp, List<RouteStateFactory.Draft> Drafts, TlsDraft? Tls, List<ConfigError> Notices, IReadOnlyList<ConfigError> Findings);

    /// <summary>A provider, what it said last, and what of it is in force.</summary>
    private sealed class ConfigSource(IProxyConfigProvider provider) : IDisposable
    {
        public string Name => provider.GetType().Name;

        /// <summary>What the provider said last: its token tells of what is newer.</summary>
        public IProxyConfig? Last { get; private set; }

        /// <summary>What of it serves.</summary>
        public IProxyConfig? Accepted { get; set; }

        public IDisposable? Subscription { get; set; }

        public ITimer? Timer { get; set; }

        public TimeSpan Retry { get; set; } = FirstRetry;

        public void Read()
        {
            var config = provider.GetConfig();
            if (config is not { Routes: not null, Clusters: not null, ChangeToken: not null })
                throw new InvalidOperationException($"{Name} answered without a configuration, or with one that lacks Routes, Clusters or ChangeToken.");
            Last = config;
        }

        public void Dispose()
        {
            Subscription?.Dispose();
            Timer?.Dispose();
        }
    }
}
