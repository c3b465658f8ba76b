using System.Globalization;
using System.Net;

namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of discovery.</summary>
internal static class DiscoveryRules
{
    public static readonly string[] Sources = [DiscoverySourceNames.Dns, DiscoverySourceNames.DnsSrv];
    public static readonly DurationRange RefreshInterval = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    public static readonly DurationRange MinTimeToLive = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
    public static readonly DurationRange MaxTimeToLive = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    public static readonly DurationRange Timeout = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
    public static readonly DurationRange StartTimeout = new(TimeSpan.Zero, TimeSpan.FromMinutes(1));
    public static readonly NumberRange MaxDestinations = new(1, 10_000);
    public static readonly string[] Families = ["Any", "IPv4", "IPv6"];
    private const int MostServers = 8;

    public static DiscoveryOptions Read(SectionReader reader)
    {
        var defaults = new DiscoveryOptions();
        return new DiscoveryOptions
        {
            Source = reader.Text(nameof(DiscoveryOptions.Source)),
            RefreshInterval = reader.Duration(nameof(DiscoveryOptions.RefreshInterval), RefreshInterval),
            MinTimeToLive = reader.Duration(nameof(DiscoveryOptions.MinTimeToLive), MinTimeToLive) ?? defaults.MinTimeToLive,
            MaxTimeToLive = reader.Duration(nameof(DiscoveryOptions.MaxTimeToLive), MaxTimeToLive) ?? defaults.MaxTimeToLive,
            Timeout = reader.Duration(nameof(DiscoveryOptions.Timeout), Timeout) ?? defaults.Timeout,
            StartTimeout = reader.Duration(nameof(DiscoveryOptions.StartTimeout), StartTimeout) ?? defaults.StartTimeout,
            Servers = reader.Texts(nameof(DiscoveryOptions.Servers)),
            AddressFamily = reader.Word(nameof(DiscoveryOptions.AddressFamily), Families),
            MaxDestinations = reader.Integer(nameof(DiscoveryOptions.MaxDestinations), MaxDestinations) ?? defaults.MaxDestinations,
        };
    }

    public static void Validate(DiscoveryOptions discovery, string path, ClusterPolicyNames known, ICollection<ConfigError> errors)
    {
        ClusterPolicyNames.Check(discovery.Source, known.Discovery, path.Below(nameof(discovery.Source)), errors);
        ClusterOptionsValidator.Check(discovery.RefreshInterval, RefreshInterval, path.Below(nameof(discovery.RefreshInterval)), errors);
        ClusterOptionsValidator.Check(discovery.MinTimeToLive, MinTimeToLive, path.Below(nameof(discovery.MinTimeToLive)), errors);
        ClusterOptionsValidator.Check(discovery.MaxTimeToLive, MaxTimeToLive, path.Below(nameof(discovery.MaxTimeToLive)), errors);
        ClusterOptionsValidator.Check(discovery.Timeout, Timeout, path.Below(nameof(discovery.Timeout)), errors);
        ClusterOptionsValidator.Check(discovery.StartTimeout, StartTimeout, path.Below(nameof(discovery.StartTimeout)), errors);
        ClusterOptionsValidator.Check(discovery.MaxDestinations, MaxDestinations, path.Below(nameof(discovery.MaxDestinations)), errors);
        if (discovery.MinTimeToLive > discovery.MaxTimeToLive)
        {
            errors.Report(path.Below(nameof(discovery.MinTimeToLive)), $"'{discovery.MinTimeToLive:c}' is longer than MaxTimeToLive, '{discovery.MaxTimeToLive:c}'.");
        }

        if (discovery.AddressFamily is { } family && !Families.Contains(family, StringComparer.OrdinalIgnoreCase))
        {
            errors.Report(path.Below(nameof(discovery.AddressFamily)), $"'{family}' is not allowed: one of {string.Join(", ", Families)} is expected.");
        }

        CheckServers(discovery.Servers, path.Below(nameof(discovery.Servers)), errors);
    }

    /// <summary>An address with an optional port; the port of DNS is 53.</summary>
    public static bool TryReadServer(string? text, out IPEndPoint server)
    {
        server = new IPEndPoint(IPAddress.None, 0);
        if (!IPEndPoint.TryParse(text ?? "", out var read)) return false;
        server = read.Port == 0 ? new IPEndPoint(read.Address, DnsClient.Port) : read;
        return true;
    }

    private static void CheckServers(IList<string>? servers, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.CheckNotNull(servers, path, errors);
        if (servers is { Count: > MostServers })
        {
            errors.Report(path, $"holds {servers.Count} servers: up to {MostServers} are expected.");
        }

        for (var i = 0; i < servers?.Count; i++)
        {
            if (!TryReadServer(servers[i], out _))
            {
                errors.Report(path.Below(i.ToString(CultureInfo.InvariantCulture)), $"'{servers[i]}' is not allowed: an address is expected, such as 10.0.0.53, 10.0.0.53:5353 or [2001:db8::53]:5353.");
            }
        }
    }
}
