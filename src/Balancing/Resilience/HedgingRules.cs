namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of hedging.</summary>
internal static class HedgingRules
{
    public static readonly NumberRange Percentile = new(50, 99);
    public static readonly NumberRange MaxAttempts = new(2, 5);
    public static readonly DurationRange Delay = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));

    public static HedgingOptions Read(SectionReader reader)
    {
        var byDefault = new HedgingOptions();
        return new HedgingOptions
        {
            Enabled = reader.Boolean(nameof(HedgingOptions.Enabled)) ?? byDefault.Enabled,
            Delay = reader.Duration(nameof(HedgingOptions.Delay), Delay),
            Percentile = reader.Integer(nameof(HedgingOptions.Percentile), Percentile) ?? byDefault.Percentile,
            MaxAttempts = reader.Integer(nameof(HedgingOptions.MaxAttempts), MaxAttempts) ?? byDefault.MaxAttempts,
        };
    }

    public static void Validate(HedgingOptions hedging, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(hedging.Delay, Delay, path.Below(nameof(hedging.Delay)), errors);
        ClusterOptionsValidator.Check(hedging.Percentile, Percentile, path.Below(nameof(hedging.Percentile)), errors);
        ClusterOptionsValidator.Check(hedging.MaxAttempts, MaxAttempts, path.Below(nameof(hedging.MaxAttempts)), errors);
    }
}
