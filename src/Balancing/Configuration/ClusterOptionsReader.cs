
namespace Net2Secure.Routing.Balancing;

/// <summary>Reads the settings of a cluster that balancing knows; other rooms read theirs from the same reader.</summary>
internal static class ClusterOptionsReader
{
    /// <summary>Reads a cluster on its own, as an <see cref="HttpClient"/> that balances needs it.</summary>
    /// <param name="reader">The section of the cluster.</param>
    /// <param name="name">Its name.</param>
    /// <param name="otherSections">Sections that mean nothing here, and are not unknown all the same.</param>
    /// <param name="sections">Sections that other rooms read.</param>
    public static ClusterOptions Read(SectionReader reader, string name, IEnumerable<string> otherSections, IEnumerable<IClusterSection> sections)
    {
        var cluster = new ClusterOptions { ClusterId = name };
        Fill(cluster, reader);
        foreach (var section in sections) section.Read(reader, cluster);
        foreach (var section in otherSections)
        {
            reader.Reserve(section);
        }

        return cluster;
    }

    /// <summary>Fills what balancing knows of a cluster.</summary>
    public static void Fill(ClusterOptions cluster, SectionReader reader)
    {
        reader.Refuse(nameof(ClusterOptions.ClusterId), "is not a setting of a cluster: the key of its section is its name.");
        cluster.LoadBalancingPolicy = reader.Text(nameof(ClusterOptions.LoadBalancingPolicy));
        cluster.Hashing = reader.Section(nameof(ClusterOptions.Hashing), HashingRules.Read);
        cluster.PeakEwma = reader.Section(nameof(ClusterOptions.PeakEwma), PeakEwmaRules.Read);
        cluster.SessionAffinity = reader.Section(nameof(ClusterOptions.SessionAffinity), SessionAffinityRules.Read);
        cluster.Resilience = reader.Section(nameof(ClusterOptions.Resilience), ResilienceRules.Read);
        cluster.Limits = reader.Section(nameof(ClusterOptions.Limits), LimitsRules.Read);
        cluster.Mirror = reader.Section(nameof(ClusterOptions.Mirror), MirrorRules.Read);
        cluster.Discovery = reader.Section(nameof(ClusterOptions.Discovery), DiscoveryRules.Read);
        cluster.Priorities = reader.Section(nameof(ClusterOptions.Priorities), PriorityRules.Read);
        cluster.Zones = reader.Section(nameof(ClusterOptions.Zones), ZoneRules.Read);
        cluster.SlowStart = reader.Section(nameof(ClusterOptions.SlowStart), SlowStartRules.Read);
        cluster.Subsets = reader.Section(nameof(ClusterOptions.Subsets), SubsetRules.Read);
        cluster.ReportedLoad = reader.Section(nameof(ClusterOptions.ReportedLoad), ReportedLoadRules.Read);
        cluster.Destinations = reader.Map(nameof(ClusterOptions.Destinations), static (destination, _) => ReadDestination(destination));
        cluster.Metadata = reader.TextMap(nameof(ClusterOptions.Metadata));
    }

    private static DestinationOptions ReadDestination(SectionReader reader) => new()
    {
        Address = reader.Text(nameof(DestinationOptions.Address)) ?? "",
        Health = reader.Text(nameof(DestinationOptions.Health)),
        Host = reader.Text(nameof(DestinationOptions.Host)),
        Weight = reader.Integer(nameof(DestinationOptions.Weight), ClusterOptionsValidator.Weight) ?? 1,
        Zone = reader.Text(nameof(DestinationOptions.Zone)),
        Priority = reader.Integer(nameof(DestinationOptions.Priority), PriorityRules.Priority) ?? 0,
        Metadata = reader.TextMap(nameof(DestinationOptions.Metadata)),
    };
}
