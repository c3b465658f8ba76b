using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Dashboard;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Pipeline;
using Net2Secure.Routing.Proxying.Routing;
using Net2Secure.Routing.Proxying.Shielding;

namespace Net2Secure.Routing.Proxying;

/// <summary>Brings to life what the sources of configuration say, now and whenever it changes: validated whole, applied whole, or not at all.</summary>
internal sealed class ProxyStateManager : IDisposable
{
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
    private readonly IReadOnlyList<IConfigSection> _sections;
    private readonly TimeProvider _time;
    private readonly ILogger<ProxyStateManager> _logger;
    private readonly ProxyEvents? _events;
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
        IEnumerable<IConfigSection> sections,
        TimeProvider time,
        ILogger<ProxyStateManager> logger,
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
        _sections = [.. sections];
        _time = time;
        _logger = logger;
        _events = events;
    }

    /// <summary>The present routes, for ASP.NET Core routing.</summary>
    public ProxyEndpointDataSource Endpoints { get; } = new();

    /// <summary>What is in force.</summary>
    public AppliedConfiguration Applied { get; private set; } = new([], [], [], []);

    /// <summary>Why the latest change does not serve; <see langword="null"/>: it does.</summary>
    public string? LastRefusal { get; private set; }

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
            foreach (var source in _sources) source.Follow(Reload);
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

    private void Reload(ConfigSource source)
    {
        lock (_lock)
        {
            source.Unfollow();
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
                    source.CallLater(Reload, _time);
                    return;
                }

                Take_NeedsLock(source);
                if (!source.Last!.ChangeToken.HasChanged)
                {
                    source.Follow(Reload);
                    return;
                }

                if (reads < MostReadsAtOnce) continue;
                ProxyStateLog.SourceStale(_logger, source.Name, source.Retry);
                source.CallLater(Reload, _time);
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

    /// <summary>Validates what all sources say together and, if it is right, makes it the configuration that serves.</summary>
    /// <returns>What is wrong; when not empty, nothing has changed.</returns>
    private List<ConfigError> Apply_NeedsLock(Func<ConfigSource, IProxyConfig> choose)
    {
        var candidate = new ConfigCandidate(_sources.ConvertAll(s => choose(s)), IsFirst: !_started);
        var errors = candidate.Errors;
        var (shielding, routes, sections, findings) = Check_NeedsLock(candidate);
        if (errors.Count > 0 || !TryBringToLife_NeedsLock(candidate, routes, shielding))
        {
            sections.ForEach(static s => s.Release());
            return errors;
        }

        _shield.Apply(shielding);
        sections.ForEach(static s => s.Commit());
        Applied = new([.. candidate.Routes], candidate.Clusters, [.. candidate.Clusters.Select(Live)], candidate.Notices) { Findings = findings };
        for (var i = 0; i < _sources.Count; i++) _sources[i].Accepted = candidate.Configs[i];
        foreach (var notice in candidate.Notices) ProxyStateLog.Notice(_logger, notice.Path, notice.Message);
        foreach (var finding in findings) ShieldingLog.Unsafe(_logger, finding.Path, finding.Message);
        ProxyStateLog.Applied(_logger, routes.Count, candidate.Clusters.Count);
        LastRefusal = null;
        _events?.Tell(
            ProxyEventKinds.Configuration, Severities.Info, "Configuration", FormattableString.Invariant($"{(_started ? "Reloaded" : "Loaded")}: {routes.Count} routes to {candidate.Clusters.Count} clusters"));
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
            var whole = new ConfigCandidate(configs, IsFirst: false);
            var errors = whole.Errors;
            var (_, _, sections, findings) = Check_NeedsLock(whole);
            sections.ForEach(static s => s.Release());
            List<Cluster> after = [];
            if (errors.Count == 0)
            {
                after = _registry.Sketch(this, whole.Clusters, "Clusters", errors, []);
                for (var i = 0; i < errors.Count; i++) errors[i] = errors[i] with { Path = Rooted(errors[i].Path, configs) };
            }

            return new(
                errors, whole.Notices, findings, (replaced?.Accepted as LoadedProxyConfig)?.Settings,
                Applied.Routes, _registry.Sketch(this, Applied.Clusters, "Clusters", [], []), [.. whole.Routes], after);
        }
    }

    /// <summary>Finds everything that is wrong with what all sources say together, and reads what it names.</summary>
    private Checked Check_NeedsLock(ConfigCandidate candidate)
    {
        var (configs, errors) = (candidate.Configs, candidate.Errors);
        candidate.Notices.AddRange(configs.OfType<IRootedProxyConfig>().SelectMany(static c => c.Notices));
        ProxyConfigValidator.Validate(configs, _names, errors, candidate.Notices);
        var shielding = candidate.Find("Shielding", static c => c.Shielding).Said ?? Coded(errors);
        foreach (var (route, path) in Routes(configs)) _routeServices.Validate(route, path, errors);
        var routes = errors.Count == 0 ? _routes.Compile(configs, errors) : [];
        IReadOnlyList<ConfigError> findings = errors.Count == 0 && shielding.Audit != ShieldingAuditMode.Off ? [.. _audit.Find(configs, shielding), .. _mapped] : [];
        if (shielding.Audit == ShieldingAuditMode.Strict) errors.AddRange(findings.Select(static f => f with { Message = f.Message + ShieldingAudit.StrictSuffix }));
        var sections = new List<ISectionDraft>(_sections.Count);
        foreach (var section in _sections)
        {
            if (section.Prepare(candidate) is { } draft) sections.Add(draft);
        }

        return new(shielding, routes, sections, findings);
    }

    /// <summary>Makes clusters, pipelines and endpoints. What can still fail here is code of the application: policies, handlers, conventions.</summary>
    private bool TryBringToLife_NeedsLock(ConfigCandidate candidate, List<RouteStateFactory.Draft> routes, ShieldingOptions shielding)
    {
        var (configs, errors) = (candidate.Configs, candidate.Errors);
        try
        {
            _registry.Apply(this, candidate.Clusters, "Clusters", errors, []);
        }
        catch (Microsoft.Extensions.Options.OptionsValidationException)
        {
            for (var i = 0; i < errors.Count; i++) errors[i] = errors[i] with { Path = Rooted(errors[i].Path, configs) };
            return false;
        }

        try
        {
            var pipelines = _pipelines.Create(candidate.Clusters);
            var forwarding = candidate.Find("Forwarding", static c => c.Forwarding).Said;
            Endpoints.Publish(conventions => _routes.Create(routes, candidate.Clusters, pipelines, forwarding, shielding, conventions));
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

    private Cluster Live(ProxyClusterOptions options) => _registry.TryGet(options.ClusterId, out var cluster) ? cluster : throw new System.Diagnostics.UnreachableException();

    private static IEnumerable<(RouteOptions Route, string Path)> Routes(IReadOnlyList<IProxyConfig> configs)
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
    private static string Rooted(string path, IReadOnlyList<IProxyConfig> configs)
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

    /// <summary>What was found out and read about a configuration on the way to its taking effect.</summary>
    private sealed record Checked(ShieldingOptions Shielding, List<RouteStateFactory.Draft> Routes, List<ISectionDraft> Sections, IReadOnlyList<ConfigError> Findings);
}
