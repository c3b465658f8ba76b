using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Reads and checks the settings of health checks.</summary>
internal static class HealthCheckRules
{
    public static readonly NumberRange Percent = new(0, 100);
    public static readonly DurationRange Interval = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
    public static readonly DurationRange Timeout = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5));
    public static readonly DurationRange ReactivationPeriod = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));

    public static HealthCheckOptions Read(SectionReader reader) => new()
    {
        AvailableDestinationsPolicy = reader.Text(nameof(HealthCheckOptions.AvailableDestinationsPolicy)),
        PanicThresholdPercent = reader.Integer(nameof(HealthCheckOptions.PanicThresholdPercent), Percent),
        Active = reader.Section(nameof(HealthCheckOptions.Active), ReadActive),
        Passive = reader.Section(nameof(HealthCheckOptions.Passive), ReadPassive),
    };

    public static void Validate(
        HealthCheckOptions health, string path, HealthPolicyNames known, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        ClusterPolicyNames.Check(health.AvailableDestinationsPolicy, known.AvailableDestinations, path.Below(nameof(health.AvailableDestinationsPolicy)), errors);
        ClusterOptionsValidator.Check(health.PanicThresholdPercent, Percent, path.Below(nameof(health.PanicThresholdPercent)), errors);

        if (health.Active is { } active)
        {
            Validate(active, path.Below(nameof(health.Active)), known, errors, notices);
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

    private static ActiveHealthCheckOptions ReadActive(SectionReader reader) => new()
    {
        Enabled = reader.Boolean(nameof(ActiveHealthCheckOptions.Enabled)),
        Interval = reader.Duration(nameof(ActiveHealthCheckOptions.Interval), Interval),
        Timeout = reader.Duration(nameof(ActiveHealthCheckOptions.Timeout), Timeout),
        Policy = reader.Text(nameof(ActiveHealthCheckOptions.Policy)),
        Path = reader.Text(nameof(ActiveHealthCheckOptions.Path)),
        Query = reader.Text(nameof(ActiveHealthCheckOptions.Query)),
        UnprobedTraffic = reader.Boolean(nameof(ActiveHealthCheckOptions.UnprobedTraffic)),
    };

    private static PassiveHealthCheckOptions ReadPassive(SectionReader reader) => new()
    {
        Enabled = reader.Boolean(nameof(PassiveHealthCheckOptions.Enabled)),
        Policy = reader.Text(nameof(PassiveHealthCheckOptions.Policy)),
        ReactivationPeriod = reader.Duration(nameof(PassiveHealthCheckOptions.ReactivationPeriod), ReactivationPeriod),
    };

    private static void Validate(
        ActiveHealthCheckOptions active, string path, HealthPolicyNames known, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        ClusterPolicyNames.Check(active.Policy, known.Active, path.Below(nameof(active.Policy)), errors);
        ClusterOptionsValidator.Check(active.Interval, Interval, path.Below(nameof(active.Interval)), errors);
        ClusterOptionsValidator.Check(active.Timeout, Timeout, path.Below(nameof(active.Timeout)), errors);
        if (!string.IsNullOrEmpty(active.Path) && (active.Path[0] != '/' || !IsVisible(active.Path, '?', '#')))
        {
            errors.Report(path.Below(nameof(active.Path)), $"'{active.Path}' is not allowed: a path that begins with a slash is expected, without blanks, '?' and '#'.");
        }

        if (!string.IsNullOrEmpty(active.Query) && (active.Query[0] != '?' || !IsVisible(active.Query, '#', '#')))
        {
            errors.Report(path.Below(nameof(active.Query)), $"'{active.Query}' is not allowed: a query that begins with a question mark is expected, without blanks and '#'.");
        }

        if (active.Enabled is true)
        {
            notices.NoEffect(path);
        }
    }

    private static bool IsVisible(string text, char forbidden, char alsoForbidden)
    {
        foreach (var c in text)
        {
            if (c is <= ' ' or '\x7f' || c == forbidden || c == alsoForbidden)
            {
                return false;
            }
        }

        return true;
    }
}
