using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Takes routes and clusters from a JSON file, again each time it changes.</summary>
/// <remarks>
/// The file is looked at four times a second rather than watched: this also sees changes on network drives and behind symbolic links, and costs a few system calls.
/// A change is read once two looks in a row find the file the same, so that an editor that empties a file before it writes it is not caught half way; what is
/// half written all the same is refused like any file with errors, and read again when it has changed again.
/// </remarks>
internal sealed class FileConfigProvider : IProxyConfigProvider, IDisposable
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly ProxyConfigNames _names;
    private readonly ILogger<FileConfigProvider> _logger;
    private readonly FileWatch _watch;
    private readonly ITimer _timer;
    private SettingsNode? _settings;
    private LoadedProxyConfig? _current;
    private FileStamp _read;
    private FileStamp? _changing;
    private string? _refusal;
    private bool _disposed;

    public FileConfigProvider(string path, ProxyConfigNames names, TimeProvider time, ILogger<FileConfigProvider> logger)
    {
        _path = path;
        _names = names;
        _logger = logger;
        _watch = new FileWatch(path, time);
        _timer = time.CreateTimer(static state => ((FileConfigProvider)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <exception cref="ProxyConfigException">At the first call: the file is not there, or something in it cannot be read.</exception>
    public IProxyConfig GetConfig()
    {
        lock (_lock)
        {
            if (_current is null)
            {
                _read = _watch.Look();
                Publish_NeedsLock(Load());
                _timer.Change(Period, Timeout.InfiniteTimeSpan);
            }

            return _current!;
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

    private void Look()
    {
        LoadedProxyConfig? superseded = null;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            var stamp = _watch.Look();
            if (stamp == _read)
            {
                _changing = null;
            }
            else if (stamp != _changing)
            {
                _changing = stamp;
            }
            else
            {
                superseded = Reload_NeedsLock(stamp);
            }

            _timer.Change(Period, Timeout.InfiniteTimeSpan);
        }

        try
        {
            superseded?.Supersede();
        }
        catch (Exception exception)
        {
            ConfigurationLog.ListenerFailed(_logger, exception, _path);
        }
    }

    /// <returns>The revision that has been replaced, if one has.</returns>
    private LoadedProxyConfig? Reload_NeedsLock(FileStamp stamp)
    {
        var superseded = _current!;
        try
        {
            var loaded = Load();
            _read = stamp;
            _refusal = null;
            if (loaded.Settings.SameAs(_settings!))
            {
                return null;
            }

            Publish_NeedsLock(loaded);
            return superseded;
        }
        catch (ProxyConfigException exception)
        {
            // A file that cannot be opened at the moment is tried again at each look, and told of once.
            _read = exception.InnerException is UnauthorizedAccessException or IOException && stamp.Exists ? _read : stamp;
            if (!string.Equals(_refusal, exception.Message, StringComparison.Ordinal))
            {
                _refusal = exception.Message;
                ConfigurationLog.Refused(_logger, _path, superseded.RevisionId, exception.Message);
            }

            return null;
        }
    }

    private (SettingsNode Settings, LoadedProxyConfig Config) Load()
    {
        var errors = new List<ConfigError>();
        var settings = JsonSettingsFile.Read(_path, ProxyConfigReader.SectionName, errors);
        return (settings, LoadedProxyConfig.From(settings, ProxyConfigReader.SectionName, _names, errors));
    }

    private void Publish_NeedsLock((SettingsNode Settings, LoadedProxyConfig Config) loaded)
    {
        _settings = loaded.Settings;
        _current = loaded.Config;
        ConfigurationLog.Read(_logger, _current.RevisionId, _path, _current.Routes.Count, _current.Clusters.Count);
    }
}
