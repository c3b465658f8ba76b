using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Reads and checks the settings of health checks.</summary>
internal static class HealthCheckRules
{
    public static readonly NumberRange Percent = new(0, 100);
    public static readonly DurationRange ReactivationPeriod = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));

    public static HealthCheckOptions Read(SectionReader reader) => new()
    {
        AvailableDestinationsPolicy = reader.Text(nameof(HealthCheckOptions.AvailableDestinationsPolicy)),
        PanicThresholdPercent = reader.Integer(nameof(HealthCheckOptions.PanicThresholdPercent), Percent),
        Active = reader.Section(nameof(HealthCheckOptions.Active), ActiveHealthCheckRules.Read),
        Passive = reader.Section(nameof(HealthCheckOptions.Passive), ReadPassive),
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
            var passivePath = path.Below(nameof(health.Passive));
            ClusterPolicyNames.Check(passive.Policy, known.Passive, passivePath.Below(nameof(passive.Policy)), errors);
            ClusterOptionsValidator.Check(passive.ReactivationPeriod, ReactivationPeriod, passivePath.Below(nameof(passive.ReactivationPeriod)), errors);
            if (passive.Enabled is true)
            {
                notices.NoEffect(passivePath);
            }
        }
    }

    /// <summary>Checks what health reads of the metadata of a cluster.</summary>
    public static void ValidateMetadata(ClusterOptions cluster, string path, ICollection<ConfigError> errors)
    {
        if (cluster.Metadata is null || ProbePlan.TryReadThreshold(cluster.Metadata, out _)) return;
        errors.Report(
            path.Below(nameof(cluster.Metadata)).Below(ProbePlan.ThresholdKey), $"'{cluster.Metadata[ProbePlan.ThresholdKey]}' is not allowed: {ActiveHealthCheckRules.Threshold} is expected.");
    }

    private static PassiveHealthCheckOptions ReadPassive(SectionReader reader) => new()
    {
        Enabled = reader.Boolean(nameof(PassiveHealthCheckOptions.Enabled)),
        Policy = reader.Text(nameof(PassiveHealthCheckOptions.Policy)),
        ReactivationPeriod = reader.Duration(nameof(PassiveHealthCheckOptions.ReactivationPeriod), ReactivationPeriod),
    };
}
