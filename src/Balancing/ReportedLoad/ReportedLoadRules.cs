namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of reported load.</summary>
internal static class ReportedLoadRules
{
    public static readonly NumberRange ErrorPenalty = new(0, 1_000);
    public static readonly NumberRange Min = new(1, 100);
    public static readonly NumberRange Max = new(100, 1_000);
    public static readonly DurationRange Smoothing = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
    public static readonly DurationRange UpdatePeriod = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
    public static readonly DurationRange Expiry = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

    public static ReportedLoadOptions Read(SectionReader reader)
    {
        var options = new ReportedLoadOptions();
        options.Enabled = reader.Boolean(nameof(options.Enabled)) ?? options.Enabled;
        options.ErrorPenaltyPercent = reader.Integer(nameof(options.ErrorPenaltyPercent), ErrorPenalty) ?? options.ErrorPenaltyPercent;
        options.MinPercent = reader.Integer(nameof(options.MinPercent), Min) ?? options.MinPercent;
        options.MaxPercent = reader.Integer(nameof(options.MaxPercent), Max) ?? options.MaxPercent;
        options.Smoothing = reader.Duration(nameof(options.Smoothing), Smoothing) ?? options.Smoothing;
        options.UpdatePeriod = reader.Duration(nameof(options.UpdatePeriod), UpdatePeriod) ?? options.UpdatePeriod;
        options.Expiry = reader.Duration(nameof(options.Expiry), Expiry) ?? options.Expiry;
        options.PassOn = reader.Boolean(nameof(options.PassOn)) ?? options.PassOn;
        return options;
    }

    public static void Validate(ReportedLoadOptions options, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(options.ErrorPenaltyPercent, ErrorPenalty, path.Below(nameof(options.ErrorPenaltyPercent)), errors);
        ClusterOptionsValidator.Check(options.MinPercent, Min, path.Below(nameof(options.MinPercent)), errors);
        ClusterOptionsValidator.Check(options.MaxPercent, Max, path.Below(nameof(options.MaxPercent)), errors);
        ClusterOptionsValidator.Check(options.Smoothing, Smoothing, path.Below(nameof(options.Smoothing)), errors);
        ClusterOptionsValidator.Check(options.UpdatePeriod, UpdatePeriod, path.Below(nameof(options.UpdatePeriod)), errors);
        ClusterOptionsValidator.Check(options.Expiry, Expiry, path.Below(nameof(options.Expiry)), errors);
        if (options.Expiry < options.UpdatePeriod)
        {
            errors.Report(path.Below(nameof(options.Expiry)), $"'{options.Expiry:c}' is shorter than UpdatePeriod, '{options.UpdatePeriod:c}': every report would be too old.");
        }
    }
}
