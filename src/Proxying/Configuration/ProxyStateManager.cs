using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Pipeline;
using Net2Secure.Routing.Proxying.Routing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Brings to life what the sources of configuration say, now and whenever it changes: validated whole, applied whole, or not at all.</summary>
internal sealed class ProxyStateManager : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<ConfigSource> _sources;
    private readonly ProxyConfigNames _names;
    private readonly ClusterRegistry _registry;
    private readonly ClusterPipelines _pipelines;
    private readonly RouteStateFactory _routes;
    private readonly TimeProvider _time;
    private readonly ILogger<ProxyStateManager> _logger;
    private bool _started;
    private bool _disposed;

    public ProxyStateManager(
        IEnumerable<IProxyConfigProvider> providers,
        ProxyConfigNames names,
        ClusterRegistry registry,
        ClusterPipelines pipelines,
        RouteStateFactory routes,
        TimeProvider time,
        ILogger<ProxyStateManager> logger)
    {
        _sources = [.. providers.Select(p => new ConfigSource(p))];
        _names = names;
        _registry = registry;
        _pipelines = pipelines;
        _routes = routes;
        _time = time;
        _logger = logger;
    }

    /// <summary>The present routes, for ASP.NET Core routing.</summary>
    public ProxyEndpointDataSource Endpoints { get; } = new();

    /// <summary>What is in force.</summary>
    public AppliedConfiguration Applied { get; private set; } = new([], [], []);

    /// <summary>A live cluster by name.</summary>
    public Cluster? Cluster(string clusterId) => _registry.TryGet(clusterId, out var cluster) ? cluster : null;

    /// <summary>Loads and applies the first configuration, and follows its changes from then on. A second call does nothing.</summary>
    /// <exception cref="ProxyConfigException">The configuration cannot be used; everything that is wrong is listed.</exception>
    public void Start()
    {
        lock (_lock)
        {
            if (_started) return;
            foreach (var source in _sources) source.Read();
            var errors = Apply_NeedsLock();
            if (errors.Count > 0) throw new ProxyConfigException(errors);
            _started = true;
            foreach (var source in _sources) Follow_NeedsLock(source);
        }
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
        if (_disposed) return;
        source.Retry = FirstRetry;
        source.Subscription = source.Config!.ChangeToken.RegisterChangeCallback(
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
            if (_disposed) return;
            var before = source.Config;
            try
            {
                source.Subscription?.Dispose();
                source.Read();
            }
            catch (Exception e)
            {
                // Its token has fired and there is no new one: the only way to hear from it again is to ask.
                ProxyStateLog.SourceFailed(_logger, source.Name, source.Retry, e);
                RetryLater_NeedsLock(source);
                return;
            }

            var errors = Apply_NeedsLock();
            if (errors.Count > 0)
            {
                ProxyStateLog.Refused(_logger, source.Name, before!.RevisionId, string.Join(Environment.NewLine, errors));
                source.Refused(before);
            }

            Follow_NeedsLock(source);
        }
    }

    private void RetryLater_NeedsLock(ConfigSource source)
    {
        source.Timer?.Dispose();
        source.Timer = _time.CreateTimer(_ => Reload(source), null, source.Retry, System.Threading.Timeout.InfiniteTimeSpan);
        source.Retry = source.Retry * 2 < LongestRetry ? source.Retry * 2 : LongestRetry;
    }

    /// <summary>Validates what all sources say together and, if it is right, makes it the configuration that serves.</summary>
    /// <returns>What is wrong; when not empty, nothing has changed.</returns>
    private List<ConfigError> Apply_NeedsLock()
    {
        var configs = _sources.Select(s => s.Current!).ToList();
        var errors = new List<ConfigError>();
        var notices = configs.OfType<IRootedProxyConfig>().SelectMany(c => c.Notices).ToList();
        ProxyConfigValidator.Validate(configs, _names, errors, notices);
        var forwarding = configs.OfType<IRootedProxyConfig>().Select(c => c.Forwarding).FirstOrDefault(f => f is not null);
        var drafts = errors.Count == 0 ? _routes.Compile(configs, errors) : [];
        if (errors.Count > 0) return errors;

        var clusters = configs.SelectMany(c => c.Clusters).ToList();
        try
        {
            _registry.Apply(this, clusters);
        }
        catch (Microsoft.Extensions.Options.OptionsValidationException e)
        {
            errors.AddRange(e.Failures.Select(f => new ConfigError("Clusters", f)));
            return errors;
        }

        var pipelines = _pipelines.Create(clusters);
        Endpoints.Publish(conventions => _routes.Create(drafts, clusters, pipelines, forwarding, conventions));
        Applied = new([.. configs.SelectMany(c => c.Routes)], clusters, notices);
        foreach (var source in _sources) source.Accepted();
        foreach (var notice in notices) ProxyStateLog.Notice(_logger, notice.Path, notice.Message);
        ProxyStateLog.Applied(_logger, drafts.Count, clusters.Count);
        return errors;
    }

    public override string ToString() => "the configuration of the proxy";

    /// <summary>The configuration that serves.</summary>
    internal sealed record AppliedConfiguration(IReadOnlyList<RouteOptions> Routes, IReadOnlyList<ProxyClusterOptions> Clusters, IReadOnlyList<ConfigError> Notices);

    /// <summary>A provider, what it said last, and what of it is in force.</summary>
    private sealed class ConfigSource(IProxyConfigProvider provider) : IDisposable
    {
        private IProxyConfig? _accepted;

        public string Name => provider.GetType().Name;

        /// <summary>What the provider said last: its token tells of what is newer.</summary>
        public IProxyConfig? Config { get; private set; }

        /// <summary>What is to be applied: what was said last, unless that was refused before.</summary>
        public IProxyConfig? Current { get; private set; }

        public IDisposable? Subscription { get; set; }

        public ITimer? Timer { get; set; }

        public TimeSpan Retry { get; set; } = FirstRetry;

        public void Read() => Current = Config = provider.GetConfig();

        public void Accepted() => _accepted = Current;

        public void Refused(IProxyConfig before) => Current = _accepted ?? before;

        public void Dispose()
        {
            Subscription?.Dispose();
            Timer?.Dispose();
        }
    }
}
