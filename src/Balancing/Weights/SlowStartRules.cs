namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of slow start.</summary>
internal static class SlowStartRules
{
    public static readonly DurationRange Window = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
    public static readonly NumberRange Min = new(1, 100);
    public static readonly NumberRange Aggression = new(10, 1_000);

    public static SlowStartOptions Read(SectionReader reader)
    {
        var options = new SlowStartOptions();
        options.Enabled = reader.Boolean(nameof(options.Enabled)) ?? options.Enabled;
        options.Window = reader.Duration(nameof(options.Window), Window) ?? options.Window;
        options.MinPercent = reader.Integer(nameof(options.MinPercent), Min) ?? options.MinPercent;
        options.AggressionPercent = reader.Integer(nameof(options.AggressionPercent), Aggression) ?? options.AggressionPercent;
        return options;
    }

    public static void Validate(SlowStartOptions options, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(options.Window, Window, path.Below(nameof(options.Window)), errors);
        ClusterOptionsValidator.Check(options.MinPercent, Min, path.Below(nameof(options.MinPercent)), errors);
        ClusterOptionsValidator.Check(options.AggressionPercent, Aggression, path.Below(nameof(options.AggressionPercent)), errors);
    }
}
