using System.Collections.Frozen;

namespace Net2Secure.Routing.Balancing;

/// <summary>What was found last for each destination of a cluster: part of its snapshot, so that a reload begins with it. Immutable.</summary>
internal sealed class DiscoveredNames
{
    private const int MostTiers = 100;

    private readonly FrozenDictionary<Question, DiscoveredDestinations> _found;

    private DiscoveredNames(IEnumerable<KeyValuePair<Question, DiscoveredDestinations>> found) => _found = found.ToFrozenDictionary();

    /// <summary>Nothing.</summary>
    public static DiscoveredNames None { get; } = new([]);

    /// <summary>What is to be found for a cluster.</summary>
    public static IEnumerable<Question> QuestionsOf(ClusterOptions cluster)
    {
        if (cluster.Discovery is not { } discovery || cluster.Destinations is null) yield break;
        var source = DiscoverySourceCatalog.NameOf(discovery).ToUpperInvariant();
        foreach (var (name, destination) in cluster.Destinations)
        {
            if (QuestionOf(source, name, destination) is { } question) yield return question;
        }
    }

    /// <summary>What was found, if anything.</summary>
    public DiscoveredDestinations? Find(Question question) => _found.GetValueOrDefault(question);

    /// <summary>The same with answers that are newer.</summary>
    public DiscoveredNames With(IEnumerable<KeyValuePair<Question, DiscoveredDestinations>> answers)
    {
        var all = new Dictionary<Question, DiscoveredDestinations>(_found);
        foreach (var (question, answer) in answers) all[question] = answer;
        return new DiscoveredNames(all);
    }

    /// <summary>The same without what is not asked for any more.</summary>
    public DiscoveredNames For(ClusterOptions cluster)
    {
        if (_found.Count == 0) return this;
        var asked = QuestionsOf(cluster).ToHashSet();
        return _found.Keys.All(asked.Contains) ? this : new DiscoveredNames(_found.Where(f => asked.Contains(f.Key)));
    }

    /// <summary>The destinations of a cluster, with those that were found in the place of each that was looked for.</summary>
    public IEnumerable<KeyValuePair<string, DestinationOptions>> Expand(ClusterOptions cluster)
    {
        if (cluster.Discovery is not { } discovery) return cluster.Destinations;
        var source = DiscoverySourceCatalog.NameOf(discovery).ToUpperInvariant();
        var expanded = new List<KeyValuePair<string, DestinationOptions>>();
        foreach (var (name, destination) in cluster.Destinations)
        {
            if (QuestionOf(source, name, destination) is not { } question) expanded.Add(new(name, destination));
            else if (Find(question) is { } found)
            {
                foreach (var server in found.Destinations.Take(discovery.MaxDestinations)) expanded.Add(new($"{name}[{NameOf(server, question.Address)}]", Merge(destination, question.Address, server)));
            }
        }

        return expanded;
    }

    private static Question? QuestionOf(string source, string name, DestinationOptions? destination) =>
        HttpAddress.Problem(destination?.Address) is null && new Uri(destination!.Address, UriKind.Absolute) is { HostNameType: UriHostNameType.Dns or UriHostNameType.Basic } address
            ? new Question(source, name, address) : null;

    private static string NameOf(DiscoveredDestination server, Uri asked) =>
        server.Name ?? (server.Address.Port == asked.Port ? server.Address.IdnHost : $"{server.Address.IdnHost}:{server.Address.Port}");

    private static DestinationOptions Merge(DestinationOptions asked, Uri address, DiscoveredDestination server)
    {
        var host = server.Host ?? address.IdnHost;
        return new DestinationOptions
        {
            Address = server.Address.AbsoluteUri,
            Health = HealthOf(asked.Health, address, server.Address),
            Host = asked.Host ?? (server.Address.IsDefaultPort ? host : $"{host}:{server.Address.Port}"),
            ServerName = asked.Host is { Length: > 0 } own ? own.Split(':')[0] : host,
            Weight = server.Weight ?? asked.Weight,
            Zone = asked.Zone,
            Priority = Math.Min(asked.Priority + server.TiersBehind, MostTiers),
            Metadata = asked.Metadata,
        };
    }

    // Probes for the name that was looked for go to the server that was found; those to anything else stay.
    private static string? HealthOf(string? health, Uri asked, Uri server)
    {
        if (string.IsNullOrEmpty(health) || new Uri(health, UriKind.Absolute) is not { } probe || !probe.IdnHost.Equals(asked.IdnHost, StringComparison.OrdinalIgnoreCase)) return health;
        return new UriBuilder(probe) { Host = server.IdnHost }.Uri.AbsoluteUri;
    }

    /// <summary>What is to be found.</summary>
    /// <param name="Source">Who is asked, in capitals.</param>
    /// <param name="DestinationId">For which destination.</param>
    /// <param name="Address">Its address.</param>
    internal sealed record Question(string Source, string DestinationId, Uri Address);
}
