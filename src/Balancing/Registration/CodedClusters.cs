using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>One call of <c>AddCluster</c>.</summary>
internal sealed record ClusterDefinition(string ClusterId, Action<ClusterOptions> Configure);

/// <summary>The clusters that the application describes in code. Several definitions of one name add up, in their order.</summary>
internal sealed class CodedClusters(IEnumerable<ClusterDefinition> definitions, ILogger<CodedClusters> logger) : IClusterSource
{
    /// <inheritdoc/>
    public void Attach(ClusterRegistry registry)
    {
        var clusters = new Dictionary<string, ClusterOptions>(StringComparer.OrdinalIgnoreCase);
        foreach (var (id, configure) in definitions)
        {
            if (!clusters.TryGetValue(id, out var options)) clusters.Add(id, options = new ClusterOptions());
            configure(options);
            options.ClusterId = id;
        }

        var notices = new List<ConfigError>();
        registry.Apply(this, [.. clusters.Values], path: "", errors: [], notices);
        foreach (var notice in notices) ClusterSourceLog.NoEffect(logger, notice.Path, notice.Message);
    }

    public override string ToString() => "clusters added in code";
}
