namespace Net2Secure.Routing.Balancing;

/// <summary>The one place that says how much of the traffic each destination of a cluster is due: what every policy works from.</summary>
/// <remarks>
/// Pure: the same destinations and rules give the same weights. Configured weight, times the ramp of a destination on its way back, times the load it reports. Without
/// service (weight 0, draining, ordered out) a destination counts for nothing; one that asks for it itself is in service all the same when nobody else is. Of those in service the healthy ones are used; when they hold less than a share of the
/// weight of their tier, all are: a few servers under the load of all would only fall as well (Envoy calls it the panic threshold). Where nothing known means no traffic, destinations of which
/// nothing is known do not count among those in service as long as one is usable: new ones beside old ones are no reason to panic.
/// <see cref="PriorityTiers"/> and <see cref="ZonePreference"/> give shares to groups of destinations; within a group the weights keep their proportions. All ends up in one flat
/// list of weights, so that every policy, hashing included, honours it. The first group that has a share keeps its weights to the bit, the others are scaled against it: without tiers
/// and zones, or while all traffic goes to one group, they are exactly what was configured.
/// </remarks>
internal sealed class EffectiveWeights
{
    private EffectiveWeights(KeyValuePair<Destination, double>[] weights, KeyValuePair<Destination, double>[][] reserves, bool isPanic)
    {
        Weights = weights;
        Reserves = reserves;
        IsPanic = isPanic;
    }

    /// <summary>Every destination with its weight, in the order it came; 0 for one that takes no new traffic.</summary>
    public KeyValuePair<Destination, double>[] Weights { get; }

    /// <summary>Usable destinations that have no share at the moment, because tiers or zones before theirs suffice: those to turn to when all that have one are left out, the next ones first.</summary>
    public KeyValuePair<Destination, double>[][] Reserves { get; }

    /// <summary>Whether too few are usable in a tier that has a share, so that health is not looked at there.</summary>
    public bool IsPanic { get; }

    /// <summary>Works the weights out.</summary>
    public static EffectiveWeights Of(ReadOnlySpan<WeighedDestination> destinations, ClusterOptions options)
    {
        var rules = RulesOf(options);
        var heedsWishes = HasAny(destinations);
        var tiers = new Tier?[PriorityTiers.Most];
        foreach (var destination in destinations)
        {
            var tier = tiers[TierOf(destination)] ??= new Tier();
            if (IsInService(destination, heedsWishes)) tier.Add(destination, IsUsable(destination.Status, rules));
        }

        PriorityTiers.Share(tiers, options.Priorities, rules.PanicThreshold);
        var zone = ZonePreference.LocalZoneOf(options);
        if (zone is not null) ZonePreference.Share(tiers, destinations, zone, options.Zones, rules, heedsWishes);
        var own = new double[destinations.Length];
        for (var i = 0; i < own.Length; i++)
        {
            var (destination, tier) = (destinations[i], tiers[TierOf(destinations[i])]!);
            if (!IsInService(destination, heedsWishes)) continue;
            var isUsable = IsUsable(destination.Status, rules);
            if (!isUsable && !tier.IsPanic) continue;

            // In a panic nobody is spared, on the way back or not: that would leave the few to themselves again.
            own[i] = destination.Weight * (tier.IsPanic ? 1 : destination.Status.Ramp) * destination.Status.LoadFactor;
            tier.Sum(own[i], ZonePreference.IsIn(zone, destination));
        }

        return Flatten(destinations, own, tiers, zone);
    }

    /// <summary>Whether health lets a destination be used.</summary>
    public static bool IsUsable(DestinationStatus status, IAvailabilityRules rules) => status.Health switch
    {
        DestinationHealth.Healthy => true,
        DestinationHealth.Unknown => rules.UsesUnknown,
        _ => false,
    };

    /// <summary>The rules that the settings of a cluster bring along, or the default.</summary>
    public static IAvailabilityRules RulesOf(ClusterOptions options)
    {
        foreach (var section in options.Sections.Values)
        {
            if (section is IAvailabilityRules rules) return rules;
        }

        return AvailabilityRules.Default;
    }

    /// <summary>Whether a destination may get new traffic at all, whatever its health.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="heedsWishes">Whether one that asks for no traffic itself gets none.</param>
    public static bool IsInService(in WeighedDestination destination, bool heedsWishes) =>
        destination.Weight > 0
        && !(heedsWishes ? destination.Status.IsDraining : destination.Status.Override == DestinationOverride.Draining)
        && destination.Status.Override != DestinationOverride.Unhealthy;

    private static EffectiveWeights Flatten(ReadOnlySpan<WeighedDestination> destinations, double[] own, Tier?[] tiers, string? zone)
    {
        var reference = ReferenceOf(tiers);
        var weights = new KeyValuePair<Destination, double>[own.Length];
        var isPanic = false;
        List<KeyValuePair<Destination, double>>?[]? spare = null;
        for (var i = 0; i < own.Length; i++)
        {
            var index = TierOf(destinations[i]);
            var (tier, isLocal) = (tiers[index]!, ZonePreference.IsIn(zone, destinations[i]));
            var scale = own[i] > 0 ? tier.ScaleOf(isLocal) : 0;

            // Divided by itself it is 1 exactly: the group that all others are measured against keeps its weights to the bit.
            weights[i] = new(destinations[i].Destination, scale > 0 ? own[i] * (scale / reference) : 0);
            if (scale > 0) isPanic |= tier.IsPanic;
            else if (own[i] > 0 && !tier.IsPanic) ((spare ??= new List<KeyValuePair<Destination, double>>?[PriorityTiers.Most])[index] ??= []).Add(new(destinations[i].Destination, own[i]));
        }

        return new EffectiveWeights(weights, spare is null ? [] : [.. spare.Where(s => s is not null).Select(s => s!.ToArray())], isPanic);
    }

    private static double ReferenceOf(Tier?[] tiers)
    {
        foreach (var tier in tiers)
        {
            if (tier is null) continue;
            if (tier.ScaleOf(isLocal: true) is > 0 and var local) return local;
            if (tier.ScaleOf(isLocal: false) is > 0 and var other) return other;
        }

        return 1;
    }

    private static int TierOf(in WeighedDestination destination) => Math.Clamp(destination.Options.Priority, 0, PriorityTiers.Most - 1);

    private static bool HasAny(ReadOnlySpan<WeighedDestination> destinations)
    {
        foreach (var destination in destinations)
        {
            if (IsInService(destination, heedsWishes: true)) return true;
        }

        return false;
    }
}
