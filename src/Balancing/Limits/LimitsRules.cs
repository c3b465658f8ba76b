namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of limits.</summary>
internal static class LimitsRules
{
    public static readonly NumberRange MaxRequests = new(1, 1_000_000);
    public static readonly NumberRange MaxQueue = new(0, 1_000_000);
    public static readonly DurationRange QueueTimeout = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));

    public static LimitsOptions Read(SectionReader reader) => new()
    {
        MaxRequestsPerDestination = reader.Integer(nameof(LimitsOptions.MaxRequestsPerDestination), MaxRequests),
        MaxQueue = reader.Integer(nameof(LimitsOptions.MaxQueue), MaxQueue),
        QueueTimeout = reader.Duration(nameof(LimitsOptions.QueueTimeout), QueueTimeout),
    };

    public static void Validate(LimitsOptions limits, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        notices.NoEffect(path);
        ClusterOptionsValidator.Check(limits.MaxRequestsPerDestination, MaxRequests, path.Below(nameof(limits.MaxRequestsPerDestination)), errors);
        ClusterOptionsValidator.Check(limits.MaxQueue, MaxQueue, path.Below(nameof(limits.MaxQueue)), errors);
        ClusterOptionsValidator.Check(limits.QueueTimeout, QueueTimeout, path.Below(nameof(limits.QueueTimeout)), errors);
    }
}
