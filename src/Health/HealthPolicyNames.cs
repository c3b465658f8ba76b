namespace Net2Secure.Routing.Health;

/// <summary>The names that the settings of health checks may use.</summary>
internal sealed record HealthPolicyNames
{
    /// <summary>The names that come with the product.</summary>
    public static HealthPolicyNames BuiltIn { get; } = new();

    /// <summary>How results of probes are judged.</summary>
    public IReadOnlyCollection<string> Active { get; init; } = ["ConsecutiveFailures"];

    /// <summary>What destinations are asked.</summary>
    public IReadOnlyCollection<string> Probes { get; init; } = [HealthProbeNames.Http, HealthProbeNames.Grpc, HealthProbeNames.Tls, HealthProbeNames.Tcp];

    /// <summary>How results of real traffic are judged.</summary>
    public IReadOnlyCollection<string> Passive { get; init; } = ["TransportFailureRate"];

    /// <summary>Which destinations may be used.</summary>
    public IReadOnlyCollection<string> AvailableDestinations { get; init; } = ["HealthyAndUnknown", "HealthyOrPanic"];
}
