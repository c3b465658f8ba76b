namespace Net2Secure.Routing.Balancing;

/// <summary>Shares the traffic out over the tiers of a cluster: all to the first while it is well, the more to the next ones the less it is.</summary>
/// <remarks>
/// Envoy's rule. The health of a tier is the part of its weight that can be used, times an over-provisioning factor (1.4 by default), at most 1: a tier is expected to carry everything
/// as long as 1/1.4 = 71 % of it can be used. Each tier takes what those before it leave, up to its own health. When all of them together have less than 1, what they have is scaled up
/// to 1. Then a tier of which less than the panic threshold can be used takes all of its destinations, healthy or not; when that is so in every tier, health decides nothing any more
/// and the tiers share by their weight. A cluster of one tier goes by the threshold alone. Destinations on their way back (slow start) count as far as they have come, so that a
/// tier that recovers gets its traffic back gradually.
/// Source: Envoy, "Priority levels" and "Panic threshold" of its architecture overview. Cost: a few operations per tier.
/// </remarks>
internal static class PriorityTiers
{
    /// <summary>Tiers that there can be: priorities 0 to 100.</summary>
    public const int Most = 101;

    /// <summary>Sums of parts that make a whole stray from it by less.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Says of each tier what share it is given, and whether it panics.</summary>
    /// <param name="tiers">The tiers by priority, with what is in service counted; <see langword="null"/> where there is none.</param>
    /// <param name="options">The settings of the cluster, or <see langword="null"/> for the defaults.</param>
    /// <param name="panicThreshold">Share of a tier's weight that has to be usable.</param>
    public static void Share(ReadOnlySpan<Tier?> tiers, PriorityOptions? options, double panicThreshold)
    {
        var factor = (options?.OverprovisioningPercent ?? PriorityOptions.DefaultOverprovisioningPercent) / 100.0;
        var (count, inService, health, allPanic) = (0, 0.0, 0.0, true);
        foreach (var tier in tiers)
        {
            if (tier is not { InService: > 0 }) continue;
            count++;
            inService += tier.InService;
            health += HealthOf(tier, factor);
            tier.IsPanic = tier.Usable < tier.Judged * panicThreshold;
            allPanic &= tier.IsPanic;
        }

        if (count > 1 && health >= 1 - Rounding)
        {
            ShareInOrder(tiers, factor);
            return;
        }

        foreach (var tier in tiers)
        {
            if (tier is not { InService: > 0 }) continue;
            if (count == 1) tier.Load = 1;
            else if (allPanic) tier.Load = tier.InService / inService;
            else if (health > 0) tier.Load = HealthOf(tier, factor) / health;
        }
    }

    private static void ShareInOrder(ReadOnlySpan<Tier?> tiers, double factor)
    {
        var left = 1.0;
        foreach (var tier in tiers)
        {
            if (tier is not { InService: > 0 }) continue;
            tier.IsPanic = false;
            tier.Load = Math.Min(left, HealthOf(tier, factor));
            left -= tier.Load;
            if (left < Rounding) left = 0;
        }
    }

    private static double HealthOf(Tier tier, double factor) => tier.Judged > 0 ? Math.Min(1, tier.Capacity / tier.Judged * factor) : 0;
}
