namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of zones.</summary>
internal static class ZoneRules
{
    public static readonly NumberRange Origin = new(1, 100);
    public static readonly NumberRange MinDestinations = new(1, 1_000);

    public static ZoneOptions Read(SectionReader reader) => new()
    {
        Enabled = reader.Boolean(nameof(ZoneOptions.Enabled)) ?? true,
        Local = reader.Text(nameof(ZoneOptions.Local)),
        OriginPercent = reader.Integer(nameof(ZoneOptions.OriginPercent), Origin),
        MinDestinations = reader.Integer(nameof(ZoneOptions.MinDestinations), MinDestinations) ?? ZoneOptions.DefaultMinDestinations,
    };

    public static void Validate(ZoneOptions zones, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(zones.OriginPercent, Origin, path.Below(nameof(zones.OriginPercent)), errors);
        ClusterOptionsValidator.Check(zones.MinDestinations, MinDestinations, path.Below(nameof(zones.MinDestinations)), errors);
    }
}
