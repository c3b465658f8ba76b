using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>How the health of a cluster's destinations is found out, and what follows from it.</summary>
public sealed class HealthCheckOptions : IAvailabilityRules
{
    /// <summary>Which destinations may be used: <c>HealthyAndUnknown</c> or <c>HealthyOrPanic</c>. Default: none of them, see <see cref="PanicThresholdPercent"/>.</summary>
    /// <remarks>Both let destinations of which nothing is known take traffic. <c>HealthyAndUnknown</c> refuses requests when nobody else is left, <c>HealthyOrPanic</c> uses all then.</remarks>
    public string? AvailableDestinationsPolicy { get; set; }

    /// <summary>
    /// Share of the weight in service, in percent, that has to be usable; below it all destinations are used, whatever their health. 0 to 100; 0 for never.
    /// Default: 50, or what <see cref="AvailableDestinationsPolicy"/> says.
    /// </summary>
    public int? PanicThresholdPercent { get; set; }

    /// <summary>Active probes. Default: none.</summary>
    public ActiveHealthCheckOptions? Active { get; set; }

    /// <summary>Observation of real traffic. Without it one rule is on, see <see cref="PassiveHealthCheckOptions.Enabled"/>.</summary>
    public PassiveHealthCheckOptions? Passive { get; set; }

    /// <inheritdoc/>
    bool IAvailabilityRules.UsesUnknown => Active is not { Enabled: true } active || (active.UnprobedTraffic ?? !string.IsNullOrEmpty(AvailableDestinationsPolicy));

    /// <inheritdoc/>
    double IAvailabilityRules.PanicThreshold => (PanicThresholdPercent, AvailableDestinationsPolicy) switch
    {
        ({ } percent, _) => percent / 100.0,
        (null, null or "") => AvailabilityRules.Default.PanicThreshold,
        (null, { } policy) when string.Equals(policy, "HealthyOrPanic", StringComparison.OrdinalIgnoreCase) => double.Epsilon, // when nobody at all is left
        _ => 0,
    };
}
