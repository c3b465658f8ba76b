using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads and checks the section <c>Shielding</c>.</summary>
internal static class ShieldingRules
{
    private static readonly NumberRange PerAddress = new(1, 1_000_000);
    private static readonly NumberRange Tracked = new(1024, 1024 * 1024);

    public static ShieldingOptions Read(SectionReader reader)
    {
        var options = new ShieldingOptions
        {
            TrustedProxies = reader.Texts(nameof(ShieldingOptions.TrustedProxies)),
            ClientAddressFrom = reader.Word<ClientAddressField>(nameof(ShieldingOptions.ClientAddressFrom)) ?? ClientAddressField.XForwarded,
            ProxyProtocol = reader.Word<ProxyProtocolMode>(nameof(ShieldingOptions.ProxyProtocol)) ?? ProxyProtocolMode.Off,
            AllowNetworks = reader.Texts(nameof(ShieldingOptions.AllowNetworks)),
            DenyNetworks = reader.Texts(nameof(ShieldingOptions.DenyNetworks)),
            Hosts = reader.Map(nameof(ShieldingOptions.Hosts), static (host, _) => new HostShieldingOptions
            {
                AllowNetworks = host.Texts(nameof(HostShieldingOptions.AllowNetworks)),
                DenyNetworks = host.Texts(nameof(HostShieldingOptions.DenyNetworks)),
            }),
            MaxConnectionsPerAddress = reader.Integer(nameof(ShieldingOptions.MaxConnectionsPerAddress), PerAddress),
            RequestsPerSecondPerAddress = reader.Integer(nameof(ShieldingOptions.RequestsPerSecondPerAddress), PerAddress),
            RequestBurstPerAddress = reader.Integer(nameof(ShieldingOptions.RequestBurstPerAddress), PerAddress),
            EncodedSlashes = reader.Word<EncodedSlashMode>(nameof(ShieldingOptions.EncodedSlashes)) ?? EncodedSlashMode.Forward,
            HideBackend = reader.Boolean(nameof(ShieldingOptions.HideBackend)) ?? false,
            ReplaceErrorPages = reader.Boolean(nameof(ShieldingOptions.ReplaceErrorPages)) ?? true,
            Audit = reader.Word<ShieldingAuditMode>(nameof(ShieldingOptions.Audit)) ?? ShieldingAuditMode.Warn,
        };
        options.MaxTrackedAddresses = reader.Integer(nameof(ShieldingOptions.MaxTrackedAddresses), Tracked) ?? options.MaxTrackedAddresses;
        if (reader.Texts(nameof(ShieldingOptions.HiddenFields)) is { Count: > 0 } hidden) options.HiddenFields = hidden;
        return options;
    }

    public static void Validate(ShieldingOptions options, string path, ICollection<ConfigError> errors)
    {
        Shielding.NetworkSet.Validate(options.TrustedProxies, path.Below(nameof(options.TrustedProxies)), errors);
        Shielding.NetworkSet.Validate(options.AllowNetworks, path.Below(nameof(options.AllowNetworks)), errors);
        Shielding.NetworkSet.Validate(options.DenyNetworks, path.Below(nameof(options.DenyNetworks)), errors);
        foreach (var (name, host) in options.Hosts)
        {
            var below = path.Below(nameof(options.Hosts)).Below(name);
            // A key of configuration cannot hold a colon, so neither a port nor an IPv6 address can stand here.
            if (HostSyntax.NameProblem(name, name) is { } problem) errors.Report(below, problem);
            Shielding.NetworkSet.Validate(host?.AllowNetworks, below.Below(nameof(HostShieldingOptions.AllowNetworks)), errors);
            Shielding.NetworkSet.Validate(host?.DenyNetworks, below.Below(nameof(HostShieldingOptions.DenyNetworks)), errors);
        }

        ClusterOptionsValidator.Check(options.MaxConnectionsPerAddress, PerAddress, path.Below(nameof(options.MaxConnectionsPerAddress)), errors);
        ClusterOptionsValidator.Check(options.RequestsPerSecondPerAddress, PerAddress, path.Below(nameof(options.RequestsPerSecondPerAddress)), errors);
        ClusterOptionsValidator.Check(options.RequestBurstPerAddress, PerAddress, path.Below(nameof(options.RequestBurstPerAddress)), errors);
        ClusterOptionsValidator.Check(options.MaxTrackedAddresses, Tracked, path.Below(nameof(options.MaxTrackedAddresses)), errors);
        if (options is { RequestBurstPerAddress: not null, RequestsPerSecondPerAddress: null })
            errors.Report(path.Below(nameof(options.RequestBurstPerAddress)), "has no effect without RequestsPerSecondPerAddress: set that too, or remove this.");
        if (options.ProxyProtocol != ProxyProtocolMode.Off && options.TrustedProxies.Count == 0)
            errors.Report(path.Below(nameof(options.ProxyProtocol)), $"'{options.ProxyProtocol}' needs TrustedProxies: the networks of the peers whose word is taken.");
        for (var i = 0; i < options.HiddenFields.Count; i++)
        {
            if (!TokenSyntax.IsToken(options.HiddenFields[i] ?? ""))
                errors.Report(path.Below(nameof(options.HiddenFields)).Below(i.ToString(System.Globalization.CultureInfo.InvariantCulture)), $"'{options.HiddenFields[i]}' is not the name of a field.");
        }
    }
}
