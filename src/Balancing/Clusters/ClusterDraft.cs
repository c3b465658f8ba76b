namespace Net2Secure.Routing.Balancing;

/// <summary>A cluster made ready: everything that can fail is done, publishing it is left.</summary>
internal sealed class ClusterDraft
{
    private readonly ClusterSnapshot _snapshot;
    private readonly List<KeyValuePair<Destination, DestinationOptions>> _destinations;

    private readonly long _madeAt;

    private ClusterDraft(Cluster cluster, ClusterSnapshot snapshot, List<KeyValuePair<Destination, DestinationOptions>> destinations, long madeAt)
    {
        Cluster = cluster;
        _snapshot = snapshot;
        _destinations = destinations;
        _madeAt = madeAt;
    }

    /// <summary>The live cluster: the one there was, or a new one.</summary>
    public Cluster Cluster { get; }

    /// <summary>What is asked for.</summary>
    public ClusterOptions Options => _snapshot.Options;

    /// <summary>Validates what is asked for and makes its snapshot out of it, with the live parts that stay.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="live">The cluster of this name that is there already.</param>
    /// <param name="create">Makes a live cluster where there is none yet.</param>
    /// <param name="policies">The known policies.</param>
    /// <param name="affinities">The known ways of affinity.</param>
    /// <param name="discovered">What was found for the names in the addresses.</param>
    /// <param name="sources">The known sources of discovery.</param>
    /// <param name="sections">Sections of settings that other rooms know.</param>
    /// <param name="path">Where the cluster is described.</param>
    /// <param name="errors">Receives all that is wrong, each with its path.</param>
    /// <param name="notices">Receives what is right, but has no effect.</param>
    /// <returns><see langword="null"/> when something is wrong.</returns>
    public static ClusterDraft? TryCreate(
        ClusterOptions options,
        Cluster? live,
        Func<ClusterSnapshot, Cluster> create,
        LoadBalancingPolicyCatalog policies,
        SessionAffinityCatalog affinities,
        DiscoveredNames discovered,
        IReadOnlyCollection<string> sources,
        IEnumerable<IClusterSection> sections,
        string path,
        ICollection<ConfigError> errors,
        ICollection<ConfigError> notices)
    {
        var found = errors.Count;
        if (string.IsNullOrWhiteSpace(options.ClusterId)) errors.Report(path, "has no ClusterId; a name is expected that tells it from the others.");
        ClusterOptionsValidator.Validate(options, path, new ClusterPolicyNames(policies.Names) { Affinity = affinities.Names, Discovery = sources }, errors, notices);
        foreach (var section in sections) section.Validate(options, path, errors, notices);
        if (errors.Count > found) return null;
        var madeAt = live?.StatusVersion ?? 0;
        var destinations = MakeDestinations(options, discovered, live?.Snapshot, path, errors);
        var policy = MakePolicy(options, live?.Snapshot, policies, path, errors);
        var affinity = MakeAffinity(options, live?.Snapshot, affinities, [.. destinations.Select(d => d.Key)], path, errors);
        if (policy is null || errors.Count > found) return null;
        try
        {
            var snapshot = ClusterSnapshot.Create(options, destinations, policy, affinity, discovered);
            return new ClusterDraft(live ?? create(snapshot), snapshot, destinations, madeAt);
        }
        catch (Exception e) // a user's policy could not build its table
        {
            errors.Report(path.Below(nameof(options.LoadBalancingPolicy)), $"'{options.LoadBalancingPolicy}' failed to prepare: {e.Message}");
            return null;
        }
    }

    /// <summary>Makes it the present state of the cluster. Cannot fail.</summary>
    public void Publish()
    {
        foreach (var (destination, options) in _destinations) destination.UseOptions(options);
        Cluster.Limiter?.Prepare(_snapshot); // before anybody can pick a new destination
        Cluster.Publish(_snapshot, _madeAt);
        foreach (var feature in Cluster.Features) feature.Configure(_snapshot);
        Cluster.FindObservers();
    }

    private static ILoadBalancingPolicy? MakePolicy(
        ClusterOptions options, ClusterSnapshot? live, LoadBalancingPolicyCatalog policies, string path, ICollection<ConfigError> errors)
    {
        var name = LoadBalancingPolicyCatalog.NameOf(options);
        var stays = live is not null && string.Equals(live.PolicyName, name, StringComparison.OrdinalIgnoreCase);
        if (stays && (live!.Policy is not IConfiguredPolicy configured || configured.Fits(options))) return live.Policy;
        try
        {
            return policies.Create(name, options);
        }
        catch (Exception e) // a user's factory or constructor
        {
            errors.Report(path.Below(nameof(options.LoadBalancingPolicy)), $"'{name}' could not be created: {e.Message}");
            return null;
        }
    }

    private static ClusterAffinity? MakeAffinity(
        ClusterOptions options, ClusterSnapshot? live, SessionAffinityCatalog affinities, Destination[] destinations, string path, ICollection<ConfigError> errors)
    {
        try
        {
            return ClusterAffinity.Create(options, live?.Affinity, affinities, destinations);
        }
        catch (Exception e) // a user's factory, constructor or table
        {
            errors.Report(path.Below(nameof(options.SessionAffinity)), $"could not be prepared: {e.Message}");
            return null;
        }
    }

    private static List<KeyValuePair<Destination, DestinationOptions>> MakeDestinations(
        ClusterOptions options, DiscoveredNames discovered, ClusterSnapshot? live, string path, ICollection<ConfigError> errors)
    {
        var alive = live?.Destinations.ToDictionary(d => d.Id, StringComparer.OrdinalIgnoreCase) ?? [];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var made = new List<KeyValuePair<Destination, DestinationOptions>>(options.Destinations.Count);
        foreach (var (name, destination) in discovered.Expand(options))
        {
            if (!names.Add(name)) errors.Report(path.Below(nameof(options.Destinations)).Below(name), "is a name used twice; names are compared without regard to case.");
            var address = new Uri(destination.Address, UriKind.Absolute);
            var stays = alive.TryGetValue(name, out var kept) && string.Equals(kept.Address.AbsoluteUri, address.AbsoluteUri, StringComparison.Ordinal);
            made.Add(new(stays ? kept! : Create(options, name, address, destination, isFirst: live is null), destination));
        }

        return made;
    }

    private static Destination Create(ClusterOptions options, string name, Uri address, DestinationOptions destination, bool isFirst)
    {
        var made = new Destination(options.ClusterId, name, address, destination);

        // The first snapshot that has it must not give it everything: slow start hears of it only afterwards.
        if (!isFirst && options.SlowStart is { Enabled: true } slowStart) made.UseStatus(DestinationStatus.Initial with { Ramp = SlowStart.At(TimeSpan.Zero, slowStart) });
        return made;
    }
}
