using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Takes routes and clusters from a section of the application's configuration, again each time it reloads.</summary>
/// <remarks>
/// A reload that cannot be read is logged with all its errors and not announced, so that the last good revision stays and the next change is noticed.
/// A reload that changes nothing in the section is not announced either.
/// </remarks>
internal sealed class ConfigurationConfigProvider(IConfiguration section, string path, ProxyConfigNames names, ILogger<ConfigurationConfigProvider> logger)
    : IProxyConfigProvider, IDisposable
{
    private readonly Lock _lock = new();
    private SettingsNode? _settings;
    private LoadedProxyConfig? _current;
    private IDisposable? _subscription;

    /// <exception cref="ProxyConfigException">At the first call: something cannot be read.</exception>
    public IProxyConfig GetConfig()
    {
        lock (_lock)
        {
            if (_current is null)
            {
                // Listens first: what changes during the read is read again.
                _subscription ??= ChangeToken.OnChange(section.GetReloadToken, Reload);
                var settings = SettingsNode.From(section);
                Publish_NeedsLock(settings, LoadedProxyConfig.From(settings, path, names));
            }

            return _current!;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _subscription?.Dispose();
        }
    }

    private void Reload()
    {
        LoadedProxyConfig superseded;
        lock (_lock)
        {
            if (_current is null)
            {
                return;
            }

            superseded = _current;
            try
            {
                var settings = SettingsNode.From(section);
                if (settings.SameAs(_settings!))
                {
                    return;
                }

                RefuseDisappearance_NeedsLock(settings);
                Publish_NeedsLock(settings, LoadedProxyConfig.From(settings, path, names));
            }
            catch (Exception exception)
            {
                // A provider of configuration may fail with anything; its thread is not ours to break.
                ConfigurationLog.Refused(logger, path, superseded.RevisionId, exception.Message);
                return;
            }
        }

        try
        {
            superseded.Supersede();
        }
        catch (Exception exception)
        {
            ConfigurationLog.ListenerFailed(logger, exception, path);
        }
    }

    private void Publish_NeedsLock(SettingsNode settings, LoadedProxyConfig config)
    {
        _settings = settings;
        _current = config;
        ConfigurationLog.Read(logger, config.RevisionId, path, config.Routes.Count, config.Clusters.Count);
    }

    // A file provider that cannot parse its file any more hands over nothing at all, which nobody who edits a file means.
    private void RefuseDisappearance_NeedsLock(SettingsNode settings)
    {
        if (!settings.Exists && _settings!.Exists)
        {
            throw new ProxyConfigException(
                new ConfigError(path, "is gone, which happens when a file is being written or cannot be parsed. To stop all routes, write an empty section: \"Routes\": {}."),
                innerException: null);
        }
    }
}
