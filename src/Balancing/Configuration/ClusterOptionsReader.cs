using Net2Secure.Routing.Balancing.Affinity;
using Net2Secure.Routing.Balancing.Limits;
using Net2Secure.Routing.Balancing.Resilience;

namespace Net2Secure.Routing.Balancing;

/// <summary>Reads the settings of a cluster that balancing knows; other rooms read theirs from the same reader.</summary>
internal static class ClusterOptionsReader
{
    /// <summary>Reads a cluster on its own, as an <see cref="HttpClient"/> that balances needs it.</summary>
    /// <param name="reader">The section of the cluster.</param>
    /// <param name="name">Its name.</param>
    /// <param name="otherSections">Sections that other rooms read, and that are therefore not unknown here.</param>
    public static ClusterOptions Read(SectionReader reader, string name, params IReadOnlyList<string> otherSections)
    {
        var cluster = new ClusterOptions { ClusterId = name };
        Fill(cluster, reader);
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
        cluster.SessionAffinity = reader.Section(nameof(ClusterOptions.SessionAffinity), SessionAffinityRules.Read);
        cluster.Resilience = reader.Section(nameof(ClusterOptions.Resilience), ReadResilience);
        cluster.Limits = reader.Section(nameof(ClusterOptions.Limits), ReadLimits);
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
        Priority = reader.Integer(nameof(DestinationOptions.Priority), ClusterOptionsValidator.Priority) ?? 0,
        Metadata = reader.TextMap(nameof(DestinationOptions.Metadata)),
    };

    private static ResilienceOptions ReadResilience(SectionReader reader) => new()
    {
        Retry = reader.Section(nameof(ResilienceOptions.Retry), static retry => new RetryOptions
        {
            MaxAttempts = retry.Integer(nameof(RetryOptions.MaxAttempts), ClusterOptionsValidator.MaxAttempts) ?? new RetryOptions().MaxAttempts,
        }),
        AttemptTimeout = reader.Duration(nameof(ResilienceOptions.AttemptTimeout), ClusterOptionsValidator.AttemptTimeout),
        TotalTimeout = reader.Duration(nameof(ResilienceOptions.TotalTimeout), ClusterOptionsValidator.AttemptTimeout),
    };

    private static LimitsOptions ReadLimits(SectionReader reader) => new()
    {
        MaxRequestsPerDestination = reader.Integer(nameof(LimitsOptions.MaxRequestsPerDestination), ClusterOptionsValidator.MaxRequests),
        MaxQueue = reader.Integer(nameof(LimitsOptions.MaxQueue), ClusterOptionsValidator.MaxQueue),
        QueueTimeout = reader.Duration(nameof(LimitsOptions.QueueTimeout), ClusterOptionsValidator.QueueTimeout),
    };
}
