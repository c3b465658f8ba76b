namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of circuit breakers.</summary>
internal static class CircuitBreakerRules
{
    public static readonly NumberRange Failures = new(1, 1000);
    public static readonly NumberRange FailurePercent = new(1, 100);
    public static readonly NumberRange MinAttempts = new(1, 100_000);
    public static readonly DurationRange Window = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
    public static readonly DurationRange OpenFor = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10));

    public static CircuitBreakerOptions Read(SectionReader reader)
    {
        var byDefault = new CircuitBreakerOptions();
        return new CircuitBreakerOptions
        {
            Enabled = reader.Boolean(nameof(CircuitBreakerOptions.Enabled)) ?? byDefault.Enabled,
            Failures = reader.Integer(nameof(CircuitBreakerOptions.Failures), Failures) ?? byDefault.Failures,
            FailurePercent = reader.Integer(nameof(CircuitBreakerOptions.FailurePercent), FailurePercent),
            MinAttempts = reader.Integer(nameof(CircuitBreakerOptions.MinAttempts), MinAttempts) ?? byDefault.MinAttempts,
            Window = reader.Duration(nameof(CircuitBreakerOptions.Window), Window) ?? byDefault.Window,
            OpenFor = reader.Duration(nameof(CircuitBreakerOptions.OpenFor), OpenFor) ?? byDefault.OpenFor,
            MaxOpenFor = reader.Duration(nameof(CircuitBreakerOptions.MaxOpenFor), OpenFor) ?? byDefault.MaxOpenFor,
        };
    }

    public static void Validate(CircuitBreakerOptions breaker, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(breaker.Failures, Failures, path.Below(nameof(breaker.Failures)), errors);
        ClusterOptionsValidator.Check(breaker.FailurePercent, FailurePercent, path.Below(nameof(breaker.FailurePercent)), errors);
        ClusterOptionsValidator.Check(breaker.MinAttempts, MinAttempts, path.Below(nameof(breaker.MinAttempts)), errors);
        ClusterOptionsValidator.Check(breaker.Window, Window, path.Below(nameof(breaker.Window)), errors);
        ClusterOptionsValidator.Check(breaker.OpenFor, OpenFor, path.Below(nameof(breaker.OpenFor)), errors);
        ClusterOptionsValidator.Check(breaker.MaxOpenFor, OpenFor, path.Below(nameof(breaker.MaxOpenFor)), errors);
        if (breaker.OpenFor > breaker.MaxOpenFor)
            errors.Report(path.Below(nameof(breaker.OpenFor)), $"'{breaker.OpenFor:c}' is longer than MaxOpenFor, '{breaker.MaxOpenFor:c}', up to which it grows.");
    }
}
