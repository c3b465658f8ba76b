using System.Globalization;

namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of limits.</summary>
internal static class LimitsRules
{
    public static readonly NumberRange MaxRequests = new(1, 1_000_000);
    public static readonly NumberRange MaxQueue = new(0, 1_000_000);
    public static readonly DurationRange QueueTimeout = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));
    public static readonly DurationRange RetryAfter = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

    public static LimitsOptions Read(SectionReader reader) => new()
    {
        MaxRequestsPerDestination = reader.Integer(nameof(LimitsOptions.MaxRequestsPerDestination), MaxRequests),
        MaxRequests = reader.Integer(nameof(LimitsOptions.MaxRequests), MaxRequests),
        MaxQueue = reader.Integer(nameof(LimitsOptions.MaxQueue), MaxQueue),
        QueueTimeout = reader.Duration(nameof(LimitsOptions.QueueTimeout), QueueTimeout),
        StickyRequests = reader.Word<FullDestinationBehavior>(nameof(LimitsOptions.StickyRequests)),
        RetryAfter = reader.Duration(nameof(LimitsOptions.RetryAfter), RetryAfter),
        Adaptive = reader.Section(nameof(LimitsOptions.Adaptive), static adaptive => new AdaptiveLimitOptions
        {
            Enabled = adaptive.Boolean(nameof(AdaptiveLimitOptions.Enabled)) ?? false,
            MinRequests = adaptive.Integer(nameof(AdaptiveLimitOptions.MinRequests), MaxRequests),
            InitialRequests = adaptive.Integer(nameof(AdaptiveLimitOptions.InitialRequests), MaxRequests),
            MaxRequests = adaptive.Integer(nameof(AdaptiveLimitOptions.MaxRequests), MaxRequests),
        }),
    };

    public static void Validate(LimitsOptions limits, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        ClusterOptionsValidator.Check(limits.MaxRequestsPerDestination, MaxRequests, path.Below(nameof(limits.MaxRequestsPerDestination)), errors);
        ClusterOptionsValidator.Check(limits.MaxRequests, MaxRequests, path.Below(nameof(limits.MaxRequests)), errors);
        ClusterOptionsValidator.Check(limits.MaxQueue, MaxQueue, path.Below(nameof(limits.MaxQueue)), errors);
        ClusterOptionsValidator.Check(limits.QueueTimeout, QueueTimeout, path.Below(nameof(limits.QueueTimeout)), errors);
        ClusterOptionsValidator.Check(limits.RetryAfter, RetryAfter, path.Below(nameof(limits.RetryAfter)), errors);
        if (limits.StickyRequests is { } sticky && !Enum.IsDefined(sticky))
        {
            errors.Report(path.Below(nameof(limits.StickyRequests)), $"'{sticky}' is not allowed: one of {string.Join(", ", Enum.GetNames<FullDestinationBehavior>())} is expected.");
        }

        if (limits.Adaptive is { } adaptive)
        {
            Validate(adaptive, path.Below(nameof(limits.Adaptive)), errors);
        }

        NoticeQueue(limits, path, notices);
    }

    private static void Validate(AdaptiveLimitOptions adaptive, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(adaptive.MinRequests, MaxRequests, path.Below(nameof(adaptive.MinRequests)), errors);
        ClusterOptionsValidator.Check(adaptive.InitialRequests, MaxRequests, path.Below(nameof(adaptive.InitialRequests)), errors);
        ClusterOptionsValidator.Check(adaptive.MaxRequests, MaxRequests, path.Below(nameof(adaptive.MaxRequests)), errors);
        var most = adaptive.MaxRequests ?? LimitSettings.DefaultMost;
        var least = adaptive.MinRequests ?? Math.Min(LimitSettings.DefaultLeast, most);
        if (least > most)
        {
            errors.Report(
                path.Below(nameof(adaptive.MinRequests)),
                string.Create(CultureInfo.InvariantCulture, $"'{least}' is more than MaxRequests, '{most}': give one of them another value."));
        }
        else if (adaptive.InitialRequests is { } first && (first < least || first > most))
        {
            errors.Report(
                path.Below(nameof(adaptive.InitialRequests)),
                string.Create(CultureInfo.InvariantCulture, $"'{first}' is not allowed: {least} to {most} is expected, from MinRequests to MaxRequests."));
        }
    }

    // Right by themselves, and of no use: that is said, and not refused, because a file may have its limits come and go.
    private static void NoticeQueue(LimitsOptions limits, string path, ICollection<ConfigError> notices)
    {
        if (limits.MaxQueue > 0 && limits is { MaxRequestsPerDestination: null, MaxRequests: null, Adaptive: not { Enabled: true } })
        {
            notices.Report(path.Below(nameof(limits.MaxQueue)), "has no effect: nobody waits while there is none of MaxRequestsPerDestination, MaxRequests and Adaptive");
        }

        if (limits.QueueTimeout is not null && limits.MaxQueue is null or 0)
        {
            notices.Report(path.Below(nameof(limits.QueueTimeout)), "has no effect: nobody waits while MaxQueue is 0");
        }
    }
}
