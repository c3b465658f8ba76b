using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Checks routes and clusters, wherever they came from: each by itself, and against each other.</summary>
internal static class ProxyConfigValidator
{
    /// <summary>Checks routes and clusters that belong together.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="clusters">The clusters.</param>
    /// <param name="rootPath">What stands before <c>Routes</c> and <c>Clusters</c> in paths; empty for code.</param>
    /// <param name="known">The names that may be used.</param>
    /// <param name="errors">Takes what is wrong. What is reported there already for a path is not reported again.</param>
    /// <param name="notices">Takes what is right but does nothing yet.</param>
    public static void Validate(
        IReadOnlyList<RouteOptions> routes,
        IReadOnlyList<ProxyClusterOptions> clusters,
        string rootPath,
        ProxyConfigNames known,
        ICollection<ConfigError> errors,
        ICollection<ConfigError> notices)
        => Validate([new Source(routes, clusters, rootPath)], known, errors, notices);

    /// <summary>Checks what several sources say, joined: an identifier may stand in one of them only, and a route may name a cluster of another.</summary>
    public static void Validate(
        IReadOnlyList<IProxyConfig> configs, ProxyConfigNames known, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        var sources = new List<Source>(configs.Count);
        foreach (var config in configs)
        {
            sources.Add(new Source(config.Routes, config.Clusters, (config as IRootedProxyConfig)?.RootPath ?? ""));
        }

        CheckHostWide(configs, "Forwarding", static config => config.Forwarding, errors);
        CheckHostWide(configs, "Shielding", static config => config.Shielding, errors);
        CheckHostWide(configs, "Tcp", static config => config.Tcp, errors);
        CheckHostWide(configs, "Tls", static config => config.Tls, errors);
        CheckHostWide(configs, "AccessLog", static config => config.AccessLog, errors);
        CheckHostWide(configs, "Explain", static config => config.Explain, errors);
        Validate(sources, known, errors, notices);
    }

    /// <summary>Checks one source by itself, leaving out what depends on other sources.</summary>
    public static void ValidateAlone(ProxyConfigReadResult result, string rootPath, ProxyConfigNames known, ICollection<ConfigError> errors)
    {
        var ignored = new List<ConfigError>();
        foreach (var cluster in result.Clusters)
        {
            ProxyClusterOptionsValidator.Validate(cluster, rootPath.Below("Clusters").Below(cluster.ClusterId), known, errors, ignored);
        }

        foreach (var route in result.Routes)
        {
            RouteOptionsValidator.Validate(route, rootPath.Below("Routes").Below(route.RouteId), errors, ignored);
        }
    }

    private static void Validate(
        List<Source> sources, ProxyConfigNames known, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        var clusterPaths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var routePaths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var source in sources)
        {
            var parent = source.RootPath.Below("Clusters");
            for (var i = 0; i < source.Clusters.Count; i++)
            {
                if (Identify(source.Clusters[i]?.ClusterId, "ClusterId", parent, i, clusterPaths, errors) is { } path)
                {
                    ProxyClusterOptionsValidator.Validate(source.Clusters[i], path, known, errors, notices);
                }
            }
        }

        var matches = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var parent = source.RootPath.Below("Routes");
            for (var i = 0; i < source.Routes.Count; i++)
            {
                if (Identify(source.Routes[i]?.RouteId, "RouteId", parent, i, routePaths, errors) is { } path)
                {
                    var route = source.Routes[i];
                    RouteOptionsValidator.Validate(route, path, errors, notices);
                    CheckClusters(route, path, clusterPaths, errors);
                    CheckAmbiguity(route, path, matches, errors);
                }
            }
        }

        if (routePaths.Count == 0)
        {
            notices.Report((sources.Count > 0 ? sources[0].RootPath : "").Below("Routes"), "has no routes: every request is answered 404 until there is one");
        }
    }

    // What counts for the proxy as a whole cannot be joined.
    private static void CheckHostWide(IReadOnlyList<IProxyConfig> configs, string section, Func<IRootedProxyConfig, object?> find, ICollection<ConfigError> errors)
    {
        string? first = null;
        foreach (var config in configs)
        {
            if (config is not IRootedProxyConfig rooted || find(rooted) is null) continue;
            var path = rooted.RootPath.Below(section);
            if (first is null) first = path;
            else errors.Add(new ConfigError(path, $"is set in two sources, also as {first}: it counts for the whole proxy, so that only one of them may have it."));
        }
    }

    /// <returns>The path of the item, or null if it cannot be told from others.</returns>
    private static string? Identify(string? id, string setting, string parent, int index, Dictionary<string, string> paths, ICollection<ConfigError> errors)
    {
        if (string.IsNullOrWhiteSpace(id))
        {
            errors.Report(parent.Below(index.ToString(System.Globalization.CultureInfo.InvariantCulture)), $"has no {setting}: a name that is not empty is required.");
            return null;
        }

        var path = parent.Below(id);
        if (!paths.TryAdd(id, path))
        {
            errors.Report(path, $"'{id}' is there twice, also as {paths[id]}: names are unique without regard to case, across all sources.");
            return null;
        }

        return path;
    }

    private static void CheckClusters(RouteOptions route, string path, Dictionary<string, string> clusters, ICollection<ConfigError> errors)
    {
        CheckCluster(route.ClusterId, path.Below(nameof(route.ClusterId)), clusters, errors);
        var sides = path.Below(nameof(route.Split)).Below(nameof(SplitOptions.Clusters));
        for (var i = 0; i < route.Split?.Clusters?.Count; i++)
        {
            var side = sides.Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            CheckCluster(route.Split.Clusters[i]?.ClusterId, side.Below(nameof(SplitClusterOptions.ClusterId)), clusters, errors);
        }
    }

    private static void CheckCluster(string? name, string path, Dictionary<string, string> clusters, ICollection<ConfigError> errors)
    {
        if (string.IsNullOrEmpty(name) || clusters.ContainsKey(name))
        {
            return;
        }

        errors.Report(path, clusters.Count == 0 ? $"'{name}' is not a cluster: there are none." : $"'{name}' is not a cluster. {NearestName.Remedy(name, clusters.Keys)}");
    }

    private static void CheckAmbiguity(RouteOptions route, string path, Dictionary<string, string> matches, ICollection<ConfigError> errors)
    {
        var identity = RouteMatchIdentity.Of(route);
        if (!matches.TryAdd(identity, path))
        {
            errors.Report(path.Below(nameof(route.Match)), $"is the same as that of {matches[identity]}, so that no request could be assigned: give one of them another Order.");
        }
    }

    private sealed record Source(IReadOnlyList<RouteOptions> Routes, IReadOnlyList<ProxyClusterOptions> Clusters, string RootPath);
}
