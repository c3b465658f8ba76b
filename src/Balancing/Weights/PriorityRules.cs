namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of tiers.</summary>
internal static class PriorityRules
{
    public static readonly NumberRange Priority = new(0, PriorityTiers.Most - 1);
    public static readonly NumberRange Overprovisioning = new(100, 1_000);

    public static PriorityOptions Read(SectionReader reader) => new()
    {
        OverprovisioningPercent = reader.Integer(nameof(PriorityOptions.OverprovisioningPercent), Overprovisioning) ?? PriorityOptions.DefaultOverprovisioningPercent,
    };

    public static void Validate(PriorityOptions priorities, string path, ICollection<ConfigError> errors) =>
        ClusterOptionsValidator.Check(priorities.OverprovisioningPercent, Overprovisioning, path.Below(nameof(priorities.OverprovisioningPercent)), errors);
}
