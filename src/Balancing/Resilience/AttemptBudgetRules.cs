namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of the budget of extra attempts.</summary>
internal static class AttemptBudgetRules
{
    public static readonly NumberRange Percent = new(0, 100);
    public static readonly NumberRange MinPerSecond = new(0, 1000);
    public static readonly DurationRange Window = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    public static AttemptBudgetOptions Read(SectionReader reader)
    {
        var byDefault = new AttemptBudgetOptions();
        return new AttemptBudgetOptions
        {
            Percent = reader.Integer(nameof(AttemptBudgetOptions.Percent), Percent) ?? byDefault.Percent,
            MinPerSecond = reader.Integer(nameof(AttemptBudgetOptions.MinPerSecond), MinPerSecond) ?? byDefault.MinPerSecond,
            Window = reader.Duration(nameof(AttemptBudgetOptions.Window), Window) ?? byDefault.Window,
        };
    }

    public static void Validate(AttemptBudgetOptions budget, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(budget.Percent, Percent, path.Below(nameof(budget.Percent)), errors);
        ClusterOptionsValidator.Check(budget.MinPerSecond, MinPerSecond, path.Below(nameof(budget.MinPerSecond)), errors);
        ClusterOptionsValidator.Check(budget.Window, Window, path.Below(nameof(budget.Window)), errors);
    }
}
