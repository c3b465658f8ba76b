namespace Net2Secure.Routing.Balancing;

/// <summary>Whose doing a failure was.</summary>
public enum FailureSide
{
    /// <summary>The destination, or the way to it.</summary>
    Destination,

    /// <summary>The client: it went away, or sent something malformed.</summary>
    Client,

    /// <summary>The proxy itself: its configuration, its limits or its code.</summary>
    Proxy,
}
