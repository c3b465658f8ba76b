using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Balancing;

/// <summary>The clusters of one section of the application's configuration, again each time it reloads.</summary>
/// <remarks>A reload that is not valid is logged with all its errors, and the last good one stays. One that changes nothing in the section does nothing.</remarks>
internal sealed class ConfiguredClusters(IConfigurationSection section, IEnumerable<IClusterSection> known, ILogger<ConfiguredClusters> logger) : IClusterSource, IDisposable
{
    /// <summary>Sections that a proxy reads in its clusters. A file may serve both; a client is told that they mean nothing to it.</summary>
    private static readonly string[] SectionsOfAProxy = ["HealthCheck", "HttpClient", "HttpRequest"];

    private readonly IClusterSection[] _known = [.. known];
    private readonly string[] _withoutEffect = [.. SectionsOfAProxy.Except(known.Select(s => s.Name))];
    private readonly Lock _lock = new();
    private SettingsNode? _applied;
    private IDisposable? _subscription;

    /// <inheritdoc/>
    public void Attach(ClusterRegistry registry)
    {
        lock (_lock)
        {
            Apply_NeedsLock(registry, SettingsNode.From(section));
            _subscription?.Dispose();
            _subscription = ChangeToken.OnChange(section.GetReloadToken, Reload, registry);

            // What changed before we listened.
            Reload(registry);
        }
    }

    public void Dispose()
    {
        lock (_lock) _subscription?.Dispose();
    }

    public override string ToString() => $"section {section.Path}";

    private void Reload(ClusterRegistry registry)
    {
        lock (_lock)
        {
            try
            {
                var settings = SettingsNode.From(section);
                if (settings.SameAs(_applied!)) return;

                // A file provider that cannot parse its file any more hands over nothing at all, which nobody who edits a file means.
                if (!settings.Exists) ClusterSourceLog.Gone(logger, section.Path);
                else Apply_NeedsLock(registry, settings);
            }
            catch (OptionsValidationException e)
            {
                ClusterSourceLog.Refused(logger, section.Path, string.Join(Environment.NewLine, e.Failures));
            }
            catch (Exception e) // a provider of configuration may fail with anything; its thread is not ours to break
            {
                ClusterSourceLog.Failed(logger, e, section.Path);
            }
        }
    }

    private void Apply_NeedsLock(ClusterRegistry registry, SettingsNode settings)
    {
        var (errors, notices, clusters) = (new List<ConfigError>(), new List<ConfigError>(), new List<ClusterOptions>());
        foreach (var cluster in settings.Children)
        {
            var path = section.Path.Below(cluster.Key);
            clusters.Add(SectionReader.Read(cluster, path, errors, reader => ClusterOptionsReader.Read(reader, cluster.Key, _withoutEffect, _known)));
            foreach (var name in _withoutEffect)
            {
                if (cluster.Find(name) is { Exists: true }) notices.Report(path.Below(name), name == "HealthCheck" ? "has an effect in a proxy, or where AddNet2Health is called" : "has an effect in a proxy only");
            }
        }

        registry.Apply(this, clusters, section.Path, errors, notices);
        _applied = settings;
        foreach (var notice in notices) ClusterSourceLog.NoEffect(logger, notice.Path, notice.Message);
        ClusterSourceLog.Applied(logger, clusters.Count, section.Path);
    }
}
