namespace Net2Secure.Routing.Balancing;

/// <summary>All that decides, beside its configured weight, how much traffic a destination gets at this moment. Immutable.</summary>
public sealed record DestinationStatus
{
    /// <summary>Of a destination that nobody has looked at.</summary>
    public static DestinationStatus Initial { get; } = new();

    /// <summary>What probes say.</summary>
    public DestinationHealth Active { get; init; }

    /// <summary>What real traffic says; <see cref="DestinationHealth.Unhealthy"/> while it is ejected.</summary>
    public DestinationHealth Passive { get; init; }

    /// <summary>What an operator says.</summary>
    public DestinationOverride Override { get; init; }

    /// <summary>The weight that an operator says it has, in place of the configured one; 0 takes no new traffic. 0 to 65,535. Default: <see langword="null"/>, the configured one counts.</summary>
    public int? Weight { get; init; }

    /// <summary>Whether the destination itself asks for no new traffic, for example by a failing probe while it still answers.</summary>
    public bool AsksToDrain { get; init; }

    /// <summary>Share of its weight that a destination has reached on its way back to full traffic. Above 0, up to 1. Default: 1.</summary>
    public double Ramp { get; init; } = 1;

    /// <summary>Factor on its weight by the load that the destination reports. Above 0. Default: 1.</summary>
    public double LoadFactor { get; init; } = 1;

    /// <summary>The verdict of all that is known. One bad word is enough to be unhealthy, one good word to be healthy.</summary>
    public DestinationHealth Health => Override switch
    {
        DestinationOverride.Healthy => DestinationHealth.Healthy,
        DestinationOverride.Unhealthy => DestinationHealth.Unhealthy,
        _ when Active == DestinationHealth.Unhealthy || Passive == DestinationHealth.Unhealthy => DestinationHealth.Unhealthy,
        _ when Active == DestinationHealth.Healthy || Passive == DestinationHealth.Healthy => DestinationHealth.Healthy,
        _ => DestinationHealth.Unknown,
    };

    /// <summary>Whether it keeps the clients it has and takes no new ones.</summary>
    public bool IsDraining => Override == DestinationOverride.Draining || (AsksToDrain && Override != DestinationOverride.Healthy);
}
