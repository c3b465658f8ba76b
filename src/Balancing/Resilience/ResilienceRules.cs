namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of resilience.</summary>
internal static class ResilienceRules
{
    public static readonly DurationRange AttemptTimeout = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));

    public static ResilienceOptions Read(SectionReader reader) => new()
    {
        Retry = reader.Section(nameof(ResilienceOptions.Retry), RetryRules.Read),
        Budget = reader.Section(nameof(ResilienceOptions.Budget), AttemptBudgetRules.Read),
        CircuitBreaker = reader.Section(nameof(ResilienceOptions.CircuitBreaker), CircuitBreakerRules.Read),
        Hedging = reader.Section(nameof(ResilienceOptions.Hedging), HedgingRules.Read),
        AttemptTimeout = reader.Duration(nameof(ResilienceOptions.AttemptTimeout), AttemptTimeout),
        TotalTimeout = reader.Duration(nameof(ResilienceOptions.TotalTimeout), AttemptTimeout),
    };

    public static void Validate(ResilienceOptions resilience, string path, ICollection<ConfigError> errors)
    {
        if (resilience.Retry is { } retry) RetryRules.Validate(retry, path.Below(nameof(resilience.Retry)), errors);
        if (resilience.Budget is { } budget) AttemptBudgetRules.Validate(budget, path.Below(nameof(resilience.Budget)), errors);
        if (resilience.CircuitBreaker is { } breaker) CircuitBreakerRules.Validate(breaker, path.Below(nameof(resilience.CircuitBreaker)), errors);
        if (resilience.Hedging is { } hedging) HedgingRules.Validate(hedging, path.Below(nameof(resilience.Hedging)), errors);
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
