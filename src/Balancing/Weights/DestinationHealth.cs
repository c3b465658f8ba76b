namespace Net2Secure.Routing.Balancing;

/// <summary>What is known of the health of a destination.</summary>
public enum DestinationHealth
{
    /// <summary>Nothing is known yet.</summary>
    Unknown,

    /// <summary>It answers as it should.</summary>
    Healthy,

    /// <summary>It does not; it takes no traffic unless too few others are left.</summary>
    Unhealthy,
}
