using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>A destination at one moment: whether it can be used, why, since when, and what it does.</summary>
public sealed record DestinationState
{
    /// <summary>Its name in the cluster.</summary>
    public required string Id { get; init; }

    /// <summary>Where requests are sent.</summary>
    public required Uri Address { get; init; }

    /// <summary>All that is known of it: probes, traffic, operators, its own wishes.</summary>
    public required DestinationStatus Status { get; init; }

    /// <summary>Why it is as it is; empty when nothing has changed since the start.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Since when it is as it is.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Attempts in flight, upgraded connections and streams among them.</summary>
    public int ConcurrentRequests { get; init; }

    /// <summary>Its effective weight as a share of the cluster's, 0 to 1; 0 when it takes no new traffic.</summary>
    public double Share { get; init; }

    /// <summary>Ejections in a row that still count.</summary>
    public int Ejections { get; init; }

    /// <summary>Whether its ejection is over and one request tries it before the rest may.</summary>
    public bool IsOnTrial { get; init; }

    /// <summary>What is left of its ejection; <see langword="null"/> when it is not ejected.</summary>
    public TimeSpan? EjectedFor { get; init; }

    /// <summary>Its traffic in the window that is set for passive checks.</summary>
    public TrafficSummary Traffic { get; init; }
}
