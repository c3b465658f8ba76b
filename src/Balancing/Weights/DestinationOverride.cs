namespace Net2Secure.Routing.Balancing;

/// <summary>What an operator has said of a destination, which counts more than what is measured.</summary>
public enum DestinationOverride
{
    /// <summary>Nothing: what is measured counts.</summary>
    None,

    /// <summary>It is to be used, whatever its probes and its answers say.</summary>
    Healthy,

    /// <summary>It is not to be used at all.</summary>
    Unhealthy,

    /// <summary>It takes no new traffic; requests in flight and clients that are kept on it go on.</summary>
    Draining,
}
