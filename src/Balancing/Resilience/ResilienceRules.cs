namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of resilience.</summary>
internal static class ResilienceRules
{
    public static readonly NumberRange MaxAttempts = new(1, 10);
    public static readonly DurationRange AttemptTimeout = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));

    public static ResilienceOptions Read(SectionReader reader) => new()
    {
        Retry = reader.Section(nameof(ResilienceOptions.Retry), static retry => new RetryOptions
        {
            MaxAttempts = retry.Integer(nameof(RetryOptions.MaxAttempts), MaxAttempts) ?? new RetryOptions().MaxAttempts,
        }),
        AttemptTimeout = reader.Duration(nameof(ResilienceOptions.AttemptTimeout), AttemptTimeout),
        TotalTimeout = reader.Duration(nameof(ResilienceOptions.TotalTimeout), AttemptTimeout),
    };

    public static void Validate(ResilienceOptions resilience, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        notices.NoEffect(path);
        ClusterOptionsValidator.Check(resilience.Retry?.MaxAttempts, MaxAttempts, path.Below(nameof(resilience.Retry)).Below(nameof(RetryOptions.MaxAttempts)), errors);
        ClusterOptionsValidator.Check(resilience.AttemptTimeout, AttemptTimeout, path.Below(nameof(resilience.AttemptTimeout)), errors);
        ClusterOptionsValidator.Check(resilience.TotalTimeout, AttemptTimeout, path.Below(nameof(resilience.TotalTimeout)), errors);
        if (resilience.AttemptTimeout > resilience.TotalTimeout)
        {
            errors.Report(
                path.Below(nameof(resilience.AttemptTimeout)),
                $"'{resilience.AttemptTimeout:c}' is longer than TotalTimeout, '{resilience.TotalTimeout:c}': one attempt has to fit into all of them.");
        }
    }
}
