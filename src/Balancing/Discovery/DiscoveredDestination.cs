namespace Net2Secure.Routing.Balancing;

/// <summary>A server that was found.</summary>
/// <param name="Address">Where requests are sent: an absolute <c>http</c> or <c>https</c> URL.</param>
/// <remarks>What is not said here is as the configuration has it for the destination that was looked for.</remarks>
public sealed record DiscoveredDestination(Uri Address)
{
    /// <summary>What tells it from the others that were found with it. Default: host of <see cref="Address"/>, with the port where it is not the one asked for.</summary>
    public string? Name { get; init; }

    /// <summary>Its share of the traffic, 0 to 65,535.</summary>
    public int? Weight { get; init; }

    /// <summary>How many tiers it stands behind the one of the configuration. 0 or more.</summary>
    public int TiersBehind { get; init; }

    /// <summary>The <c>Host</c> of requests, and the name that its certificate has to bear. Default: what the configuration says, or the host that was looked for.</summary>
    public string? Host { get; init; }
}
