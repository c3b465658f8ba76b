using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>What all sources say together, on the way to being the configuration that serves.</summary>
/// <param name="Configs">What they say, in the order of their registration.</param>
/// <param name="IsFirst">Whether the application starts with it.</param>
internal sealed record ConfigCandidate(IReadOnlyList<IProxyConfig> Configs, bool IsFirst)
{
    private IReadOnlyList<ProxyClusterOptions>? _clusters;

    /// <summary>Takes what is wrong.</summary>
    public List<ConfigError> Errors { get; } = [];

    /// <summary>Takes what is right and without effect.</summary>
    public List<ConfigError> Notices { get; } = [];

    /// <summary>The clusters of all sources.</summary>
    public IReadOnlyList<ProxyClusterOptions> Clusters => _clusters ??= [.. Configs.SelectMany(static c => c.Clusters)];

    /// <summary>The routes of all sources.</summary>
    public IEnumerable<RouteOptions> Routes => Configs.SelectMany(static c => c.Routes);

    /// <summary>What the first source says that says anything of a section.</summary>
    /// <param name="name">The section.</param>
    /// <param name="choose">Takes it from a source.</param>
    /// <returns>What it says, and the section's path.</returns>
    public (TSection? Said, string Path) Find<TSection>(string name, Func<IRootedProxyConfig, TSection?> choose)
        where TSection : class
    {
        foreach (var config in Configs.OfType<IRootedProxyConfig>())
        {
            if (choose(config) is { } said) return (said, config.RootPath.Below(name));
        }

        return (null, name);
    }
}
