using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Reads and checks the settings of health checks.</summary>
internal static class HealthCheckRules
{
    public static readonly NumberRange Percent = new(0, 100);

    public static HealthCheckOptions Read(SectionReader reader) => new()
    {
        AvailableDestinationsPolicy = reader.Text(nameof(HealthCheckOptions.AvailableDestinationsPolicy)),
        PanicThresholdPercent = reader.Integer(nameof(HealthCheckOptions.PanicThresholdPercent), Percent),
        Active = reader.Section(nameof(HealthCheckOptions.Active), ActiveHealthCheckRules.Read),
        Passive = reader.Section(nameof(HealthCheckOptions.Passive), PassiveHealthRules.Read),
    };

    public static void Validate(
        HealthCheckOptions health, string path, HealthPolicyNames known, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        ClusterPolicyNames.Check(health.AvailableDestinationsPolicy, known.AvailableDestinations, path.Below(nameof(health.AvailableDestinationsPolicy)), errors);
        ClusterOptionsValidator.Check(health.PanicThresholdPercent, Percent, path.Below(nameof(health.PanicThresholdPercent)), errors);

        if (health.Active is { } active)
        {
            ActiveHealthCheckRules.Validate(active, path.Below(nameof(health.Active)), known, errors, notices);
        }

        if (health.Passive is { } passive)
        {
            PassiveHealthRules.Validate(passive, path.Below(nameof(health.Passive)), known, errors);
        }
    }

    /// <summary>Checks what health reads of the metadata of a cluster.</summary>
    public static void ValidateMetadata(ClusterOptions cluster, string path, ICollection<ConfigError> errors)
    {
        PassiveHealthRules.ValidateMetadata(cluster.Metadata, path.Below(nameof(cluster.Metadata)), errors);
        if (cluster.Metadata is null || ProbePlan.TryReadThreshold(cluster.Metadata, out _)) return;
        errors.Report(
            path.Below(nameof(cluster.Metadata)).Below(ProbePlan.ThresholdKey), $"'{cluster.Metadata[ProbePlan.ThresholdKey]}' is not allowed: {ActiveHealthCheckRules.Threshold} is expected.");
    }
}
