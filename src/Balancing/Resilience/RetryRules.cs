namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of retries.</summary>
internal static class RetryRules
{
    public static readonly NumberRange MaxAttempts = new(1, 10);
    public static readonly NumberRange MaxUnsentAttempts = new(1, 100);
    public static readonly NumberRange StatusCode = new(400, 599);
    public static readonly NumberRange MaxBodyBytes = new(0, 16 * 1024 * 1024);
    public static readonly DurationRange BaseDelay = new(TimeSpan.Zero, TimeSpan.FromMinutes(1));
    public static readonly DurationRange MaxDelay = new(TimeSpan.Zero, TimeSpan.FromMinutes(10));
    public static readonly DurationRange MaxRetryAfter = new(TimeSpan.Zero, TimeSpan.FromHours(1));

    public static RetryOptions Read(SectionReader reader)
    {
        var byDefault = new RetryOptions();
        return new RetryOptions
        {
            Enabled = reader.Boolean(nameof(RetryOptions.Enabled)) ?? byDefault.Enabled,
            MaxAttempts = reader.Integer(nameof(RetryOptions.MaxAttempts), MaxAttempts) ?? byDefault.MaxAttempts,
            MaxUnsentAttempts = reader.Integer(nameof(RetryOptions.MaxUnsentAttempts), MaxUnsentAttempts) ?? byDefault.MaxUnsentAttempts,
            RetryStatusCodes = reader.Integers(nameof(RetryOptions.RetryStatusCodes), StatusCode),
            SameDestination = reader.Boolean(nameof(RetryOptions.SameDestination)) ?? byDefault.SameDestination,
            DangerousRetryNonIdempotent = reader.Boolean(nameof(RetryOptions.DangerousRetryNonIdempotent)) ?? byDefault.DangerousRetryNonIdempotent,
            MaxBodyBytes = reader.Integer(nameof(RetryOptions.MaxBodyBytes), MaxBodyBytes) ?? byDefault.MaxBodyBytes,
            BaseDelay = reader.Duration(nameof(RetryOptions.BaseDelay), BaseDelay) ?? byDefault.BaseDelay,
            MaxDelay = reader.Duration(nameof(RetryOptions.MaxDelay), MaxDelay) ?? byDefault.MaxDelay,
            MaxRetryAfter = reader.Duration(nameof(RetryOptions.MaxRetryAfter), MaxRetryAfter) ?? byDefault.MaxRetryAfter,
        };
    }

    public static void Validate(RetryOptions retry, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(retry.MaxAttempts, MaxAttempts, path.Below(nameof(retry.MaxAttempts)), errors);
        ClusterOptionsValidator.Check(retry.MaxUnsentAttempts, MaxUnsentAttempts, path.Below(nameof(retry.MaxUnsentAttempts)), errors);
        ClusterOptionsValidator.Check(retry.MaxBodyBytes, MaxBodyBytes, path.Below(nameof(retry.MaxBodyBytes)), errors);
        ClusterOptionsValidator.Check(retry.BaseDelay, BaseDelay, path.Below(nameof(retry.BaseDelay)), errors);
        ClusterOptionsValidator.Check(retry.MaxDelay, MaxDelay, path.Below(nameof(retry.MaxDelay)), errors);
        ClusterOptionsValidator.Check(retry.MaxRetryAfter, MaxRetryAfter, path.Below(nameof(retry.MaxRetryAfter)), errors);
        ClusterOptionsValidator.CheckNotNull(retry.RetryStatusCodes, path.Below(nameof(retry.RetryStatusCodes)), errors);
        for (var i = 0; i < retry.RetryStatusCodes?.Count; i++)
        {
            ClusterOptionsValidator.Check(
                retry.RetryStatusCodes[i], StatusCode, path.Below(nameof(retry.RetryStatusCodes)).Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture)), errors);
        }
    }
}
