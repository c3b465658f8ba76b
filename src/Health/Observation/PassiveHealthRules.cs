using System.Globalization;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Reads and checks the settings of passive health checks.</summary>
internal static class PassiveHealthRules
{
    /// <summary>The key of YARP for the share of failures from which <c>TransportFailureRate</c> ejects.</summary>
    public const string RateLimitKey = "TransportFailureRateHealthPolicy.RateLimit";

    public static readonly DurationRange ReactivationPeriod = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));
    public static readonly DurationRange Window = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
    public static readonly NumberRange MinimumRequests = new(1, 1_000_000);
    public static readonly NumberRange FailurePercent = new(1, 100);
    public static readonly NumberRange InARow = new(0, 1_000);
    public static readonly NumberRange Percent = new(0, 100);
    public static readonly DurationRange MaxSilence = new(TimeSpan.Zero, TimeSpan.FromMinutes(5));
    public static readonly TimeSpan ShortestSilence = TimeSpan.FromMilliseconds(100);
    public static readonly NumberRange LatencyFactor = new(0, 1_000);
    public static readonly NumberRange SuccessRateDeviation = new(0, 10_000);

    public static PassiveHealthCheckOptions Read(SectionReader reader) => new()
    {
        Enabled = reader.Boolean(nameof(PassiveHealthCheckOptions.Enabled)),
        Policy = reader.Text(nameof(PassiveHealthCheckOptions.Policy)),
        ReactivationPeriod = reader.Duration(nameof(PassiveHealthCheckOptions.ReactivationPeriod), ReactivationPeriod),
        Window = reader.Duration(nameof(PassiveHealthCheckOptions.Window), Window),
        MinimumRequests = reader.Integer(nameof(PassiveHealthCheckOptions.MinimumRequests), MinimumRequests),
        FailurePercent = reader.Integer(nameof(PassiveHealthCheckOptions.FailurePercent), FailurePercent),
        ConsecutiveFailures = reader.Integer(nameof(PassiveHealthCheckOptions.ConsecutiveFailures), InARow),
        ConsecutiveGatewayErrors = reader.Integer(nameof(PassiveHealthCheckOptions.ConsecutiveGatewayErrors), InARow),
        MaxEjectedPercent = reader.Integer(nameof(PassiveHealthCheckOptions.MaxEjectedPercent), Percent),
        Outliers = reader.Section(nameof(PassiveHealthCheckOptions.Outliers), static outliers => new OutlierOptions
        {
            ErrorShare = outliers.Boolean(nameof(OutlierOptions.ErrorShare)),
            MaxSilence = outliers.Duration(nameof(OutlierOptions.MaxSilence), MaxSilence),
            LatencyFactor = outliers.Integer(nameof(OutlierOptions.LatencyFactor), LatencyFactor),
            SuccessRateDeviation = outliers.Integer(nameof(OutlierOptions.SuccessRateDeviation), SuccessRateDeviation),
        }),
    };

    public static void Validate(PassiveHealthCheckOptions passive, string path, HealthPolicyNames known, ICollection<ConfigError> errors)
    {
        ClusterPolicyNames.Check(passive.Policy, known.Passive, path.Below(nameof(passive.Policy)), errors);
        ClusterOptionsValidator.Check(passive.ReactivationPeriod, ReactivationPeriod, path.Below(nameof(passive.ReactivationPeriod)), errors);
        ClusterOptionsValidator.Check(passive.Window, Window, path.Below(nameof(passive.Window)), errors);
        ClusterOptionsValidator.Check(passive.MinimumRequests, MinimumRequests, path.Below(nameof(passive.MinimumRequests)), errors);
        ClusterOptionsValidator.Check(passive.FailurePercent, FailurePercent, path.Below(nameof(passive.FailurePercent)), errors);
        ClusterOptionsValidator.Check(passive.ConsecutiveFailures, InARow, path.Below(nameof(passive.ConsecutiveFailures)), errors);
        ClusterOptionsValidator.Check(passive.ConsecutiveGatewayErrors, InARow, path.Below(nameof(passive.ConsecutiveGatewayErrors)), errors);
        ClusterOptionsValidator.Check(passive.MaxEjectedPercent, Percent, path.Below(nameof(passive.MaxEjectedPercent)), errors);
        if (passive.Outliers is { } outliers) Validate(outliers, path.Below(nameof(passive.Outliers)), errors);
    }

    /// <summary>Checks what a cluster's metadata say to a policy by the keys that YARP documents.</summary>
    public static void ValidateMetadata(IDictionary<string, string>? metadata, string path, ICollection<ConfigError> errors)
    {
        if (metadata is not null && metadata.TryGetValue(RateLimitKey, out var text) && ParseRate(text) is null)
            errors.Report(path.Below(RateLimitKey), $"'{text}' is not allowed: a number from 0 to 1 is expected, above 0, with a point.");
    }

    /// <summary>The share that metadata say; <see langword="null"/> for none.</summary>
    public static double? RateLimitOf(IDictionary<string, string> metadata) => metadata.TryGetValue(RateLimitKey, out var text) ? ParseRate(text) : null;

    private static double? ParseRate(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= 1 ? rate : null;

    private static void Validate(OutlierOptions outliers, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(outliers.MaxSilence, MaxSilence, path.Below(nameof(outliers.MaxSilence)), errors);
        ClusterOptionsValidator.Check(outliers.LatencyFactor, LatencyFactor, path.Below(nameof(outliers.LatencyFactor)), errors);
        ClusterOptionsValidator.Check(outliers.SuccessRateDeviation, SuccessRateDeviation, path.Below(nameof(outliers.SuccessRateDeviation)), errors);
        if (outliers.MaxSilence is { } silence && silence != TimeSpan.Zero && silence < ShortestSilence)
            errors.Report(path.Below(nameof(outliers.MaxSilence)), $"'{silence:c}' is not allowed: 0 for never, or {ShortestSilence:c} and more is expected.");
        if (outliers.LatencyFactor == 1) errors.Report(path.Below(nameof(outliers.LatencyFactor)), "'1' is not allowed: 0 for never, or 2 to 1000 is expected.");
    }
}
