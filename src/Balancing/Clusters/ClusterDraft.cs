namespace Net2Secure.Routing.Balancing;

/// <summary>A cluster made ready: everything that can fail is done, publishing it is left.</summary>
internal sealed class ClusterDraft
{
    private readonly ClusterSnapshot _snapshot;
    private readonly List<KeyValuePair<Destination, DestinationOptions>> _destinations;

    private ClusterDraft(Cluster? live, ClusterSnapshot snapshot, List<KeyValuePair<Destination, DestinationOptions>> destinations)
    {
        Cluster = live ?? new Cluster(snapshot.Options.ClusterId, snapshot);
        _snapshot = snapshot;
        _destinations = destinations;
    }

    /// <summary>The live cluster: the one there was, or a new one.</summary>
    public Cluster Cluster { get; }

    /// <summary>Validates what is asked for and makes its snapshot out of it, with the live parts that stay.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="live">The cluster of this name that is there already.</param>
    /// <param name="policies">The known policies.</param>
    /// <param name="errors">Receives all that is wrong, each with its path.</param>
    /// <returns><see langword="null"/> when something is wrong.</returns>
    public static ClusterDraft? TryCreate(ClusterOptions options, Cluster? live, LoadBalancingPolicyCatalog policies, List<string> errors)
    {
        var found = errors.Count;
        if (string.IsNullOrWhiteSpace(options.ClusterId)) errors.Add("A cluster has no ClusterId.");
        var destinations = MakeDestinations(options, live?.Snapshot, errors);
        var policy = MakePolicy(options, live?.Snapshot, policies, errors);
        if (policy is null || errors.Count > found) return null;
        try
        {
            // For now the effective weight is the configured one; health, slow start and tiers will have their say here.
            var candidates = new DestinationSet([.. destinations.Select(d => KeyValuePair.Create(d.Key, (double)d.Value.Weight))]);
            var snapshot = new ClusterSnapshot(options, [.. destinations.Select(d => d.Key)], candidates, policy);
            return new ClusterDraft(live, snapshot, destinations);
        }
        catch (Exception e) // a user's policy could not build its table
        {
            errors.Add($"{options.ClusterId}:LoadBalancingPolicy: '{options.LoadBalancingPolicy}' failed to prepare: {e.Message}");
            return null;
        }
    }

    /// <summary>Makes it the present state of the cluster. Cannot fail.</summary>
    public void Publish()
    {
        foreach (var (destination, options) in _destinations) destination.UseOptions(options);
        Cluster.Publish(_snapshot);
    }

    private static ILoadBalancingPolicy? MakePolicy(ClusterOptions options, ClusterSnapshot? live, LoadBalancingPolicyCatalog policies, List<string> errors)
    {
        var name = options.LoadBalancingPolicy ?? LoadBalancingPolicyCatalog.DefaultName;
        if (live is not null && string.Equals(live.PolicyName, name, StringComparison.OrdinalIgnoreCase)) return live.Policy;
        if (!policies.Contains(name))
        {
            errors.Add($"{options.ClusterId}:LoadBalancingPolicy: {policies.Unknown(name)}");
            return null;
        }

        try
        {
            return policies.Create(name);
        }
        catch (Exception e) // a user's factory or constructor
        {
            errors.Add($"{options.ClusterId}:LoadBalancingPolicy: '{name}' could not be created: {e.Message}");
            return null;
        }
    }

    private static List<KeyValuePair<Destination, DestinationOptions>> MakeDestinations(ClusterOptions options, ClusterSnapshot? live, List<string> errors)
    {
        var alive = live?.Destinations.ToDictionary(d => d.Id, StringComparer.OrdinalIgnoreCase) ?? [];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var made = new List<KeyValuePair<Destination, DestinationOptions>>(options.Destinations.Count);
        foreach (var (name, destination) in options.Destinations)
        {
            var path = $"{options.ClusterId}:Destinations:{name}";
            if (string.IsNullOrWhiteSpace(name)) errors.Add($"{path}: a destination has no name.");
            if (!names.Add(name)) errors.Add($"{path}: this name is used twice; names are compared without regard to case.");
            if (destination is null)
            {
                errors.Add($"{path}: there are no settings.");
                continue;
            }

            if (destination.Weight is < 0 or > ushort.MaxValue) errors.Add($"{path}:Weight: {destination.Weight} is not from 0 to 65535.");
            if (!DestinationAddress.TryParse(destination.Address, out var address))
            {
                errors.Add($"{path}:Address: '{destination.Address}' is no absolute http or https URL without user, query and fragment, for example http://10.0.0.1:8080/.");
                continue;
            }

            var stays = alive.TryGetValue(name, out var kept) && string.Equals(kept.Address.AbsoluteUri, address.AbsoluteUri, StringComparison.Ordinal);
            made.Add(new(stays ? kept! : new Destination(options.ClusterId, name, address, destination), destination));
        }

        return made;
    }
}
