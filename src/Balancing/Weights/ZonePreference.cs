namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps traffic in the local zone as far as what can be used there suffices, and lets the rest spill over to the other zones.</summary>
/// <remarks>
/// With c the local zone's part of the capacity of a tier, and o its part of the callers, the local zone gets min(1, c ÷ o) of the tier's traffic, the others share the rest by
/// weight: if every zone does the same, no destination gets more than its part of the whole. o is not known here; it is a setting, or an equal part for each zone. So a zone that has
/// lost half of its servers keeps half of what begins there, and a tiny one is not crushed. Where callers are few or stand in one zone only, that guess is wrong: then say so by the
/// setting. A local zone with very few usable destinations is not preferred at all, because one of them more or less would turn everything over. In a panic zones do not count.
/// Source: Envoy, "Zone aware routing", which knows the callers' numbers from a cluster of its own. Cost: two passes over the destinations.
/// </remarks>
internal static class ZonePreference
{
    /// <summary>The zone that a cluster prefers, or <see langword="null"/>.</summary>
    public static string? LocalZoneOf(ClusterOptions options)
    {
        if (options.Zones is { Enabled: false }) return null;
        return string.IsNullOrEmpty(options.Zones?.Local) ? options.HostZone : options.Zones.Local;
    }

    /// <summary>Whether a destination stands in this zone; in none when there is none.</summary>
    public static bool IsIn(string? zone, in WeighedDestination destination) => zone is not null && string.Equals(destination.Options.Zone, zone, StringComparison.OrdinalIgnoreCase);

    /// <summary>Says of each tier what part of its traffic stays in the local zone.</summary>
    public static void Share(
        ReadOnlySpan<Tier?> tiers, ReadOnlySpan<WeighedDestination> destinations, string zone, ZoneOptions? options, IAvailabilityRules rules, bool heedsWishes)
    {
        for (var priority = 0; priority < tiers.Length; priority++)
        {
            if (tiers[priority] is not { IsPanic: false, Load: > 0 } tier) continue;
            var (capacity, usable) = (0.0, 0);
            var zones = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var destination in destinations)
            {
                if (destination.Options.Priority != priority || destination.Weight == 0) continue;
                zones.Add(destination.Options.Zone ?? "");
                if (!IsIn(zone, destination) || !EffectiveWeights.IsInService(destination, heedsWishes) || !EffectiveWeights.IsUsable(destination.Status, rules)) continue;
                capacity += destination.Weight * destination.Status.Ramp;
                usable++;
            }

            if (zones.Count < 2 || usable < (options?.MinDestinations ?? ZoneOptions.DefaultMinDestinations)) continue;
            var origin = options?.OriginPercent is { } percent ? percent / 100.0 : 1.0 / zones.Count;
            var share = Math.Min(1, capacity / tier.Capacity / origin);

            // Nobody else is there, by rounding or in truth: all of it.
            tier.LocalShare = capacity >= tier.Capacity ? 1 : share;
        }
    }
}
