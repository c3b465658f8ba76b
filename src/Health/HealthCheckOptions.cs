namespace Net2Secure.Routing.Health;

/// <summary>How the health of a cluster's destinations is found out.</summary>
public sealed class HealthCheckOptions
{
    /// <summary>Which destinations may be used: <c>HealthyAndUnknown</c> or <c>HealthyOrPanic</c>. Default: <c>HealthyAndUnknown</c>.</summary>
    public string? AvailableDestinationsPolicy { get; set; }

    /// <summary>Active probes. Default: none.</summary>
    public ActiveHealthCheckOptions? Active { get; set; }

    /// <summary>Observation of real traffic. Default: none.</summary>
    public PassiveHealthCheckOptions? Passive { get; set; }
}
