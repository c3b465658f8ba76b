using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>The certificates and rules in force, followed as their files and the settings change.</summary>
/// <remarks>
/// Files are looked at rather than watched, which also sees changes on network drives and behind symbolic links; a look costs some system calls per certificate, and with many
/// certificates there are fewer looks. A change is read once two looks find it at rest; what is of no use then changes nothing.
/// </remarks>
internal sealed class TlsState : IDisposable
{
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PeriodPerCertificate = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly IEnumerable<IProxyConfigProvider> _providers;
    private readonly IOptions<TlsOptions> _coded;
    private readonly string _basePath;
    private readonly TimeProvider _time;
    private readonly ILogger<TlsState> _logger;
    private readonly ExpiryWatch _expiry;
    private readonly ITimer _timer;
    private readonly Dashboard.ProxyEvents? _events;
    private TlsOptions? _options;
    private string _path = "Tls";
    private List<WatchedCertificate> _watched = [];
    private TlsTable? _current;
    private string? _refusal;
    private string? _clientsRefusal;
    private bool _disposed;

    public TlsState(IEnumerable<IProxyConfigProvider> providers, IOptions<TlsOptions> coded, TimeProvider time, ILogger<TlsState> logger, IServiceProvider services)
    {
        _providers = providers;
        _coded = coded;
        _basePath = (services.GetService(typeof(IHostEnvironment)) as IHostEnvironment)?.ContentRootPath ?? AppContext.BaseDirectory;
        _time = time;
        _logger = logger;
        _expiry = new ExpiryWatch(time, logger);
        _events = services.GetService(typeof(Dashboard.ProxyEvents)) as Dashboard.ProxyEvents;
        _timer = time.CreateTimer(static state => ((TlsState)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What handshakes ask; <see langword="null"/> before <see cref="Start"/>.</summary>
    public TlsTable? Current => Volatile.Read(ref _current);

    /// <summary>The settings in force.</summary>
    public TlsOptions Options
    {
        get
        {
            if (Volatile.Read(ref _options) is { } known) return known;
            lock (_lock)
            {
                if (_options is null) Resolve_NeedsLock();
                return _options!;
            }
        }
    }

    /// <summary>What relative paths are relative to.</summary>
    public string BasePath => _basePath;

    /// <summary>Whether https URLs take their certificates from here.</summary>
    public bool IsServing { get; set; }

    /// <summary>Reads all certificates, and follows them from then on. A second call does nothing.</summary>
    /// <exception cref="OptionsValidationException">Something is of no use; everything is listed.</exception>
    public void Start()
    {
        lock (_lock)
        {
            if (_current is not null) return;
            if (_options is null) Resolve_NeedsLock();
            var errors = new List<ConfigError>();
            TlsRules.Validate(_options!, _path, errors);
            var draft = errors.Count == 0 ? Draft_NeedsLock(_options!, _path, errors) : null;
            if (errors.Count > 0) throw new OptionsValidationException(nameof(TlsOptions), typeof(TlsOptions), errors.Select(e => e.ToString()));
            Publish_NeedsLock(draft!);
            Rearm_NeedsLock();
        }
    }

    /// <summary>Reads what new settings name.</summary>
    /// <param name="configured">The section of the configuration, where there is one.</param>
    /// <param name="path">Its path, for errors.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="notices">Takes what is right and without effect.</param>
    /// <returns>What <see cref="Commit"/> takes when everything else is right too.</returns>
    public TlsDraft Prepare(TlsOptions? configured, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        lock (_lock)
        {
            var options = configured ?? _coded.Value;
            if (_current is null) return new(options, path, null, null);
            var draft = Draft_NeedsLock(options, path, errors);
            if (!IsServing && draft.HasCertificates) notices.Report(path, "names certificates, and the server was started without any: they serve when it is started again");
            if (IsServing && _current.Certificates.Count > 0 && !draft.HasCertificates)
                errors.Report(path.Below(nameof(TlsOptions.Certificates)), "has no certificate any more, and the https URLs of the host need one.");
            return draft;
        }
    }

    /// <summary>Makes new settings those in force.</summary>
    public void Commit(TlsDraft draft)
    {
        lock (_lock)
        {
            (_options, _path) = (draft.Options, draft.Path);
            if (draft.Watched is not null) Publish_NeedsLock(draft);
        }
    }

    /// <summary>Lets go of what was read for settings that are not to be in force.</summary>
    public void Release(TlsDraft draft)
    {
        lock (_lock)
        {
            foreach (var watched in draft.Watched ?? [])
            {
                if (!_watched.Contains(watched)) watched.Served?.Release();
            }
        }
    }

    /// <summary>Looks after files now, besides the usual looks.</summary>
    public void Look()
    {
        lock (_lock)
        {
            if (_disposed || _current is null) return;
            try
            {
                if (LookAtFiles_NeedsLock() | LookAtAuthorities_NeedsLock(out var clients)) Republish_NeedsLock(clients ?? _current.Clients);
                _expiry.Look(_current.Certificates, _options!.ExpiryWarning);
                _expiry.Look(_current.Clients.Lists);
            }
            catch (Exception e)
            {
                // The next look is another chance; what serves goes on serving.
                TlsLog.LookFailed(_logger, e);
            }

            Rearm_NeedsLock();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private void Resolve_NeedsLock()
    {
        var rooted = _providers.Select(p => p.GetConfig() as IRootedProxyConfig).FirstOrDefault(c => c?.Tls is not null);
        _path = (rooted?.RootPath ?? "").Below("Tls");
        Volatile.Write(ref _options, rooted?.Tls ?? _coded.Value);
    }

    private TlsDraft Draft_NeedsLock(TlsOptions options, string path, ICollection<ConfigError> errors)
    {
        var watched = new List<WatchedCertificate>();
        var known = _watched.ToDictionary(static w => w.Source.Key);
        foreach (var source in CertificateSources.Find(options, _basePath, path, errors))
        {
            watched.Add(known.TryGetValue(source.Key, out var kept) && kept.IsFor(source, options.OcspStapling) ? kept : Load(source, options.OcspStapling, errors));
        }

        var clients = ClientCertificateRules.Load(options.ClientCertificates, _basePath, path.Below(nameof(options.ClientCertificates)), _time, errors, _logger);
        return new(options, path, watched, clients);
    }

    private WatchedCertificate Load(CertificateSource source, bool stapling, ICollection<ConfigError> errors)
    {
        var problems = new List<ConfigError>();
        var watched = WatchedCertificate.Load(source, _basePath, stapling, _time, problems);
        if (!source.IsIssued) problems.ForEach(errors.Add);
        else if (problems.Count > 0) TlsLog.Refused(_logger, source.Name, string.Join(Environment.NewLine, problems));
        return watched;
    }

    private void Publish_NeedsLock(TlsDraft draft)
    {
        (_options, _path, _watched) = (draft.Options, draft.Path, draft.Watched!);
        Republish_NeedsLock(draft.Clients!);
        _expiry.Look(_current!.Certificates, draft.Options.ExpiryWarning);
        _expiry.Look(_current.Clients.Lists);
    }

    private void Republish_NeedsLock(ClientCertificateRules clients) =>
        Volatile.Write(ref _current, new TlsTable(_options!, [.. _watched.Where(w => w.Served is not null).Select(w => w.Served!)], clients));

    private bool LookAtFiles_NeedsLock()
    {
        var changed = FindNew_NeedsLock();
        foreach (var watched in _watched)
        {
            if (watched.Look(out var refusal))
            {
                changed = true;
                TlsLog.Replaced(_logger, watched.Source.Name, watched.Served!.Subject, watched.Served.NotAfter);
                _events?.Tell(Dashboard.ProxyEventKinds.Certificate, Dashboard.Severities.Good, watched.Source.Name, FormattableString.Invariant($"Replaced: {watched.Served.Subject}, valid until {watched.Served.NotAfter.UtcDateTime:yyyy-MM-dd}"));
            }

            if (refusal is null) continue;
            TlsLog.Refused(_logger, watched.Source.Name, refusal);
            _events?.Tell(Dashboard.ProxyEventKinds.Certificate, Dashboard.Severities.Error, watched.Source.Name, $"A new certificate is of no use: {refusal}");
        }

        return changed;
    }

    /// <summary>Takes in what has come into a folder, and lets go of what is no longer there.</summary>
    private bool FindNew_NeedsLock()
    {
        var errors = new List<ConfigError>();
        var sources = CertificateSources.Find(_options!, _basePath, _path, errors);
        var refusal = errors.Count == 0 ? null : string.Join(Environment.NewLine, errors);
        if (refusal is not null && refusal != _refusal) TlsLog.Refused(_logger, "Directory", refusal);
        _refusal = refusal;
        // A folder that cannot be read is not empty.
        if (errors.Count > 0) return false;
        var present = sources.ToDictionary(static s => s.Key);
        var gone = _watched.RemoveAll(w => w.Source.IsFound && !(present.TryGetValue(w.Source.Key, out var source) && source.IsAs(w.Source)));
        var known = _watched.ToDictionary(static w => w.Source.Key);
        foreach (var source in sources)
        {
            if (!known.ContainsKey(source.Key)) _watched.Add(WatchedCertificate.Await(source, _basePath, _options!.OcspStapling, _time));
        }

        return gone > 0;
    }

    private bool LookAtAuthorities_NeedsLock(out ClientCertificateRules? clients)
    {
        clients = null;
        if (!_current!.Clients.HaveChanged) return false;
        var errors = new List<ConfigError>();
        clients = ClientCertificateRules.Load(_options!.ClientCertificates, _basePath, _path.Below(nameof(TlsOptions.ClientCertificates)), _time, errors, _logger);
        var refusal = errors.Count == 0 ? null : string.Join(Environment.NewLine, errors);
        var isNew = refusal != _clientsRefusal;
        _clientsRefusal = refusal;
        if (refusal is null) return true;
        // It is looked at again and again until it is of use.
        if (isNew) TlsLog.Refused(_logger, nameof(TlsOptions.ClientCertificates), refusal);
        clients = null;
        return false;
    }

    private void Rearm_NeedsLock()
    {
        if (_disposed || (_watched.Count == 0 && !CertificateSources.MayGrow(_options!))) return;
        var period = PeriodPerCertificate * _watched.Count;
        _timer.Change(period > ShortestPeriod ? period : ShortestPeriod, Timeout.InfiniteTimeSpan);
    }
}
