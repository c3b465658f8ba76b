using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>The section <c>HealthCheck</c> of the clusters of clients, and the last look at that of every cluster before it comes to life.</summary>
internal sealed class HealthCheckSection(HealthPolicyNames names) : IClusterSection
{
    /// <inheritdoc/>
    public string Name => "HealthCheck";

    /// <inheritdoc/>
    public void Read(SectionReader cluster, ClusterOptions options) => options.SetSection(cluster.Section(Name, HealthCheckRules.Read));

    /// <inheritdoc/>
    public void Validate(ClusterOptions options, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        HealthCheckRules.ValidateMetadata(options, path, errors);
        if (options.Section<HealthCheckOptions>() is { } health) HealthCheckRules.Validate(health, path.Below(Name), names, errors, notices);
    }
}
