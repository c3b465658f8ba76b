namespace Net2Secure.Routing.Balancing;

/// <summary>The one place that says how much of the traffic each destination of a cluster is due: what every policy works from.</summary>
/// <remarks>
/// Pure: the same destinations and rules give the same weights. Configured weight, times the ramp of a destination on its way back, times the load it reports. Without
/// service (weight 0, draining, ordered out) a destination counts for nothing; one that asks for it itself is in service all the same when nobody else is. Of those in service the healthy ones are used; when they hold less than a share of the
/// weight, all are: a few servers under the load of all would only fall as well (Envoy calls it the panic threshold). Where nothing known means no traffic, destinations of which
/// nothing is known do not count among those in service as long as one is usable: new ones beside old ones are no reason to panic.
/// </remarks>
internal sealed class EffectiveWeights
{
    private EffectiveWeights(KeyValuePair<Destination, double>[] weights, bool isPanic)
    {
        Weights = weights;
        IsPanic = isPanic;
    }

    /// <summary>Every destination with its weight, in the order it came; 0 for one that takes no new traffic.</summary>
    public KeyValuePair<Destination, double>[] Weights { get; }

    /// <summary>Whether too few are usable, so that health is not looked at.</summary>
    public bool IsPanic { get; }

    /// <summary>Works the weights out.</summary>
    public static EffectiveWeights Of(ReadOnlySpan<WeighedDestination> destinations, ClusterOptions options)
    {
        var rules = RulesOf(options);
        var (inService, usable, unknown) = (0.0, 0.0, 0.0);
        var heedsWishes = HasAny(destinations);
        foreach (var destination in destinations)
        {
            if (!IsInService(destination, heedsWishes)) continue;
            inService += destination.Options.Weight;
            if (IsUsable(destination.Status, rules)) usable += destination.Options.Weight;
            else if (destination.Status.Health == DestinationHealth.Unknown) unknown += destination.Options.Weight;
        }

        var judged = usable > 0 ? inService - unknown : inService;
        var isPanic = inService > 0 && usable < judged * rules.PanicThreshold;
        var weights = new KeyValuePair<Destination, double>[destinations.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            var destination = destinations[i];
            var takesTraffic = IsInService(destination, heedsWishes) && (isPanic || IsUsable(destination.Status, rules));
            weights[i] = new(destination.Destination, takesTraffic ? destination.Options.Weight * destination.Status.Ramp * destination.Status.LoadFactor : 0);
        }

        return new EffectiveWeights(weights, isPanic);
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

    private static bool HasAny(ReadOnlySpan<WeighedDestination> destinations)
    {
        foreach (var destination in destinations)
        {
            if (IsInService(destination, heedsWishes: true)) return true;
        }

        return false;
    }

    private static bool IsInService(in WeighedDestination destination, bool heedsWishes) =>
        destination.Options.Weight > 0
        && !(heedsWishes ? destination.Status.IsDraining : destination.Status.Override == DestinationOverride.Draining)
        && destination.Status.Override != DestinationOverride.Unhealthy;
}
